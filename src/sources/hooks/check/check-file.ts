import { cut } from '../../../domain/shown.ts';
import type { HooksFile } from '../file/read-hooks.ts';
import { otherName } from '../file/shape.ts';
import type { Hook } from '../hook.ts';
import { checkHook, type HookChecking } from './check-hook.ts';
import { error, type Finding, type PlacedFinding, pathText, warning } from './finding.ts';

/** Everything that bites in a hooks file, in the order of its lines; errors before warnings at the same place. */
export function checkFile(checking: HookChecking, file: HooksFile): readonly PlacedFinding[] {
  const unknown = file.unknown.map(({ path, place, known }) => {
    const name = String(path.at(-1));
    const message = `nothing is called "${cut(name)}", so it has no effect; ${otherName(name, known)}`;
    return placed(place, warning(path, message));
  });
  const ignored = file.ignored.map(({ path, counts }) =>
    warning(path, `it has no effect, because "${counts}" stands in the same object: put both into one "and"`),
  );
  const extras = file.extras.map(({ path, kind }) => warning(path, extraMessages[kind]));
  const found = [
    ...ignored,
    ...extras,
    ...sameIds(file),
    ...file.hooks.flatMap((hook, n) => checkHook(checking, hook, [n])),
  ];
  return [...unknown, ...found.map(each => placed(file.place(each.path), each))].sort(
    (a, b) =>
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      Number(a.severity === 'warning') - Number(b.severity === 'warning'),
  );
}

const extraMessages = {
  reference: 'the original program does not look this up: there, the text as it stands is what counts',
  list: 'the original program refuses a file with a list here: there, write an "or" of several matches',
} as const;

const placed = (place: PlacedFinding['place'], { severity, path, message }: Finding): PlacedFinding => ({
  severity,
  place,
  path: pathText(path),
  message,
});

/** The id, whatever its parameters are called. */
const formOf = ({ id, pattern }: Hook): string =>
  pattern === null ? id : pattern.map(part => ('text' in part ? part.text : '{}')).join('/');

function sameIds(file: HooksFile): readonly Finding[] {
  const forms = file.hooks.map(formOf);
  return file.hooks.flatMap(({ id }, n) => {
    const first = forms.indexOf(forms[n] ?? id);
    return first === n
      ? []
      : [
          error(
            [n, 'id'],
            `the hook with the id "${cut(file.hooks[first]?.id ?? id)}" in line ${file.place([first]).line} answers instead: choose another id`,
          ),
        ];
  });
}
