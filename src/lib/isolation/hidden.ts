import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What isolated programs do not see, by absolute paths; what is not there is nothing to hide. */
export interface Hidden {
  readonly directories: readonly string[];
  readonly files: readonly string[];
}

/** Every isolated program has another one. */
export const temporary = '/tmp';

/** Where programs of one user or of all leave things to each other: here they are the same as `temporary`. */
export const alsoTemporary: readonly string[] = ['/var/tmp', '/dev/shm'];

/** Every isolated program has others: nothing in these is left to be hidden. */
const ownPlaces = [temporary, ...alsoTemporary, '/dev'];

/**
 * The real paths to put something empty over. Directories within others, and files within directories, are left out:
 * they are gone already.
 */
export function whatToHide({ directories, files }: Hidden): Hidden {
  const real = reals(directories).filter(
    one => one !== '/' && !ownPlaces.some(place => isWithin(one, place)),
  );
  const outermost = real.filter(one => !real.some(other => other !== one && isWithin(one, other)));
  const gone = [...ownPlaces, ...outermost];
  return {
    directories: outermost,
    files: reals(files).filter(file => !gone.some(directory => isWithin(file, directory))),
  };
}

/** The outermost directory on the way to a path that a stranger may not enter; undefined when every one lets him. */
export function closedDirectory(path: string): string | undefined {
  const outer = dirname(path) === path ? undefined : closedDirectory(dirname(path));
  if (outer !== undefined) return outer;
  const otherMayEnter = 0o001;
  return (statSync(path).mode & otherMayEnter) === 0 ? path : undefined;
}

/** Whether a path is a directory's, or lies in it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/** The place, of those that an isolated program has others of or does not see, in which a real path lies. */
export function unseenPlace(path: string, hidden: Hidden): string | undefined {
  return [...ownPlaces, ...whatToHide(hidden).directories].find(place => isWithin(path, place));
}

function reals(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.filter(path => existsSync(path)).map(path => realpathSync(path)))];
}
