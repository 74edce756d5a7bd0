import { findProgram } from '../launcher/resolve.ts';

/** The programs that isolate. Of these, only unshare and setpriv (both of util-linux) are ever missing. */
const names = ['unshare', 'setpriv', 'mount', 'mkdir', 'ln', 'chown'] as const;

export interface FoundTools {
  readonly result: 'found';
  /** Absolute. */
  readonly path: (name: (typeof names)[number]) => string;
}

export type Tools = FoundTools | { readonly result: 'missing'; readonly name: string };

/** Also where an ordinary user's PATH does not lead. */
export const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Looks for them in the directories of the system, then along `path`. */
export function findTools(path: string): Tools {
  const env = { PATH: `${systemPath}:${path}` };
  const found = new Map<string, string>();
  for (const name of names) {
    const resolved = findProgram({ argv: [name], cwd: '/', env });
    if (resolved.result === 'refused') return { result: 'missing', name };
    found.set(name, resolved.file);
  }
  return { result: 'found', path: name => found.get(name) ?? name };
}
