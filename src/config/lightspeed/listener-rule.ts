import { resolvePath, type Surroundings } from '../../lib/references.ts';
import type { Listener } from './listener.ts';

/** A rule as it would stand in a configuration file. */
export type RuleText = { readonly name: string } & Readonly<Record<string, unknown>>;

/** The rule that does what a listener does; `from` is where its file is. */
export function listenerRule(listener: Listener, from: Surroundings): RuleText {
  const { name, branches, files, discord, githubToken } = listener;
  return {
    name: name.toLowerCase(),
    // Tags have no branch; without a filter Lightspeed does not tell them apart.
    on: branches.length === 0 ? ['push', 'tag'] : ['push'],
    repo: repositoriesOf(name).map(own => `**/${literal(own)}`),
    ...(branches.length === 0 ? {} : { branch: branches.map(literal) }),
    ...(files.length === 0 ? {} : { if: changesOneOf(files) }),
    directory: resolvePath(listener.cwd ?? '.', from),
    run: script(listener.exec),
    timeout: '7d',
    retry: { lost: 0 },
    concurrency: {
      group: literalGroup(
        listener.lockFile === null ? `listener ${name}` : `lock ${resolvePath(listener.lockFile, from)}`,
      ),
      limit: 1,
      busy: 'queue',
    },
    report: [...(githubToken === null ? [] : ['github']), ...(discord === null ? [] : ['discord'])],
  };
}

/** What of a listener's name may be the name of a repository: what it begins or ends with, word by word. */
function repositoriesOf(name: string): readonly string[] {
  const ends = [...name.matchAll(/[-_.]+/g)].flatMap(({ 0: { length }, index }) => [
    name.slice(0, index),
    name.slice(index + length),
  ]);
  return [...new Set([name, ...ends.toSorted((a, b) => b.length - a.length)])].filter(own => own !== '');
}

/** Each line in a shell of its own, as Lightspeed runs it; the first that fails is the last. */
const script = (lines: readonly string[]): string =>
  [
    'export branch="${SIGNALBOX_BRANCH:-${SIGNALBOX_REF##*/}}"',
    ...lines.map(line => `/bin/sh -c ${quoted(line)}`),
  ].join('\n');

/** Where nobody knows what changed, that counts as a change. */
const changesOneOf = (parts: readonly string[]): string =>
  `!has(event.changed) || event.changed.exists(path, ${parts
    .map(part => `path.contains(${JSON.stringify(part)})`)
    .join(' || ')})`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** A text as a pattern that matches it alone. */
const literal = (text: string): string => text.replaceAll(/[\\*?[\]{}()!$]/g, '\\$&');
const literalGroup = (text: string): string => text.replaceAll(/[{}]/g, '_');
