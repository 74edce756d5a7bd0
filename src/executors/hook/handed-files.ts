import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { HandedFile } from '../../domain/rule.ts';

/** Files that lie outside an attempt's own directory are listed in there first: a killed server leaves nothing behind. */
const listName = 'handed-files.json';

/** What a program is given as files. Disposing removes them. */
export interface HandedFiles extends Disposable {
  /** Where each is, by the variable that tells it. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Writes files where a program expects them: in its own working directory where it has one (as written, from `cwd`), else
 * in `home`. Throws when that cannot be done, and then leaves none.
 */
export function handFiles(
  files: readonly HandedFile[],
  { directory, cwd, home }: { readonly directory: string; readonly cwd: string; readonly home: string },
): HandedFiles {
  const wanted = files.map(({ variable, prefix, suffix, content }) => {
    const path = join(
      directory === '' ? home : directory,
      `${prefix}${randomBytes(5).toString('hex')}${suffix}`,
    );
    return { variable, path, absolute: resolve(cwd, path), content };
  });
  const remove = () => removeAll(wanted.map(({ absolute }) => absolute));
  try {
    if (wanted.length > 0 && directory !== '')
      writeFileSync(join(home, listName), JSON.stringify(wanted.map(({ absolute }) => absolute)));
    for (const { absolute, content } of wanted)
      writeFileSync(absolute, Buffer.from(content, 'base64'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    remove();
    throw error;
  }
  return {
    env: Object.fromEntries(wanted.map(({ variable, path }) => [variable, path])),
    [Symbol.dispose]: remove,
  };
}

/** Removes what an attempt that nobody looks after any more has left. */
export function removeHandedFiles(home: string): void {
  const list = join(home, listName);
  if (!existsSync(list)) return;
  const paths: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (Array.isArray(paths)) removeAll(paths.filter(path => typeof path === 'string'));
}

function removeAll(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}
