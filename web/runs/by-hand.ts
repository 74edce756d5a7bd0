import type { RunDetail } from '../wire.ts';

/**
 * What a person types to do the same on a machine of their own: the commit, and the rule's command. Null where there is
 * no command, or no code that it belongs to.
 */
export function byHand({ sha, work }: Pick<RunDetail, 'sha' | 'work'>): string | null {
  if (work.kind !== 'command' || work.url === null || sha === null) return null;
  const given = [...work.env, ...work.secrets];
  return [
    `git clone -- ${quoted(work.url)} by-hand && cd by-hand`,
    `git fetch origin ${quoted(sha)} && git checkout ${quoted(sha)}`,
    ...(given.length === 0 ? [] : [`# it was given ${given.join(', ')}`]),
    work.summary.trimEnd(),
    '',
  ].join('\n');
}

/** As one word of a shell. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
