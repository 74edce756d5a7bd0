import { readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';

export type FolderFile =
  | { readonly result: 'found'; readonly path: string }
  /** One clause says why. */
  | { readonly result: 'none'; readonly reason: string };

/** Everything directly inside a folder, hidden or not, in the order of its bytes. Throws what the system says. */
export function namesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .map(name => Buffer.from(name))
    .sort((a, b) => Buffer.compare(a, b))
    .map(name => name.toString());
}

/** The real path of a regular file directly inside a folder: wherever links lead, it lies in there. */
export function fileIn(folder: string, name: string): FolderFile {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name))
    return none(`${JSON.stringify(name)} is no plain name of a file`);
  try {
    const inside = realpathSync(folder);
    const path = realpathSync(`${folder}/${name}`);
    if (!path.startsWith(inside.endsWith(sep) ? inside : inside + sep))
      return none(`${JSON.stringify(name)} leads out of ${folder}`);
    const stat: Stats = statSync(path);
    return stat.isFile() ? { result: 'found', path } : none(`${JSON.stringify(name)} is no regular file`);
  } catch {
    return none(`there is no file ${JSON.stringify(name)} in ${folder}`);
  }
}

const none = (reason: string): FolderFile => ({ result: 'none', reason });
