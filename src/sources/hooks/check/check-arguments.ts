import { cut } from '../../../domain/shown.ts';
import { nearest } from '../../../lib/nearest.ts';
import { isReadable, variableName } from '../command/environment.ts';
import type { Path } from '../file/shape.ts';
import type { Argument, Hook } from '../hook.ts';
import { sources } from '../obtain.ts';
import { parameterNames } from '../path-parameters.ts';
import { error, type Finding, warning } from './finding.ts';

/** Whether the sender of a request decides what an argument's value is. */
export const isFromRequest = ({ source }: Argument): boolean => source !== 'string';

/** What bites in the lists of arguments of a hook. */
export function checkArguments(hook: Hook, path: Path): readonly Finding[] {
  const each = (
    name: string,
    list: readonly Argument[],
    more: (argument: Argument, path: Path) => readonly Finding[],
  ) =>
    list.flatMap((argument, n) => {
      const at = [...path, name, n];
      return [...checkSource(argument, at, hook), ...more(argument, at)];
    });
  return [
    ...each('pass-arguments-to-command', hook.arguments, checkDecoding),
    ...each('pass-environment-to-command', hook.environment, (argument, at) => [
      ...checkVariable(argument, at),
      ...checkDecoding(argument, at),
    ]),
    ...each('pass-file-to-command', hook.files, checkFile),
    ...each('pass-stdin-to-command', hook.stdin === null ? [] : [hook.stdin], () => []),
    ...each('parse-parameters-as-json', hook.jsonParameters, checkParsed),
  ];
}

/** A source that cannot be asked. */
export function checkSource(
  { source, name }: Argument,
  path: Path,
  hook: Pick<Hook, 'pattern'>,
): readonly Finding[] {
  if (source === '') return [error(path, `no source is named: write "source": one of ${sources.join(', ')}`)];
  if (!sources.includes(source)) {
    const meant = nearest(source.trim(), sources);
    const mend = meant === null ? `write one of ${sources.join(', ')}` : `did you mean "${meant}"?`;
    return [error([...path, 'source'], `there is no source "${cut(source)}"; ${mend}`)];
  }
  if (source === 'request' && !['method', 'remote-addr'].includes(name.toLowerCase()))
    return [error([...path, 'name'], `a request has no "${cut(name)}": write method or remote-addr`)];
  const names = parameterNames(hook);
  if (source === 'path' && !names.includes(name))
    return [
      error(
        [...path, 'name'],
        names.length === 0
          ? `the id has no parameters: write {${cut(name)}} where the value stands in the path`
          : `the id has no parameter {${cut(name)}}, only ${names.join(', ')}`,
      ),
    ];
  return [];
}

function checkDecoding({ base64decode }: Argument, path: Path): readonly Finding[] {
  return base64decode
    ? [
        warning(
          [...path, 'base64decode'],
          'only files and standard input are decoded: move this to pass-file-to-command',
        ),
      ]
    : [];
}

/** Variables that change what a process runs, or how. */
const powerful =
  /^(?:PATH|IFS|ENV|BASH_ENV|SHELLOPTS|PS4|PYTHONPATH|PERL5LIB|PERL5OPT|NODE_OPTIONS|GIT_SSH_COMMAND|LD_.*|GCONV_PATH)$/;

function checkVariable(argument: Argument, path: Path): readonly Finding[] {
  const name = variableName(argument);
  const at = argument.envname === '' ? path : [...path, 'envname'];
  if (powerful.test(name.split('=')[0] ?? '') && isFromRequest(argument))
    return [
      error(
        at,
        `whoever sends the request sets ${name}, which decides what the command runs: choose another name`,
      ),
    ];
  if (isReadable(name)) return [];
  return argument.envname === ''
    ? [
        warning(
          at,
          `no shell can read the variable ${cut(name)}: give it a name with "envname", or read ${name.replace(/\W/g, '_')}, which signalbox sets as well`,
        ),
      ]
    : [warning(at, `no shell can read the variable ${cut(name)}: use letters, digits and _ alone`)];
}

function checkFile(argument: Argument, path: Path): readonly Finding[] {
  const name = argument.envname === '' ? `HOOK_${argument.name.toUpperCase()}` : argument.envname;
  if (name.includes('/'))
    return [
      error(path, `the variable ${cut(name)} names the file too, so it is never written: leave the "/" out`),
    ];
  return isReadable(name)
    ? []
    : [
        warning(
          path,
          `no shell can read the variable ${cut(name)}, which tells where the file is: give it a name with "envname"`,
        ),
      ];
}

function checkParsed({ source }: Argument, path: Path): readonly Finding[] {
  return sources.includes(source) && !['payload', 'header', 'url', 'query'].includes(source)
    ? [
        warning(
          [...path, 'source'],
          `only values of payload, header and query can be parsed, not of "${source}"`,
        ),
      ]
    : [];
}
