import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, type Stats, truncateSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Directories of attempts that left theirs as they had found it. File systems keep the number of what was deleted from
 * being given out again for minutes, and every new file looks through all of those: where hundreds of attempts a second
 * each made and removed a few, that took longer than the work. So the same ones go from hand to hand, by renaming.
 */
export interface SpareDirectories extends Disposable {
  /** Moves one to this place, with an empty file in it; undefined when there is none, or something is in the way. */
  take(home: string): SpareFile | undefined;
  /** Takes it over when it is as it was made, but for the one file that was placed in it: that one is emptied. */
  keep(home: string): boolean;
}

/** The path of the one file in it. */
export type SpareFile = string;

/** More are not in use at the same time on most machines. */
const most = 64;
/** A larger file is given back to the disk instead. */
const mostBytes = 64 * 1024;

/** Keeps them in `directory`, which nobody else uses. What an earlier life left there goes at once. */
export function createSpareDirectories(directory: string): SpareDirectories {
  const spare: { readonly home: string; readonly file: string }[] = [];
  let made = 0;
  rmSync(directory, { recursive: true, force: true });

  return {
    take(home) {
      const found = spare.pop();
      if (found === undefined) return undefined;
      try {
        renameSync(found.home, home);
        return join(home, 'files', found.file);
      } catch {
        rmSync(found.home, { recursive: true, force: true });
        return undefined;
      }
    },
    keep(home) {
      if (spare.length >= most) return false;
      try {
        const file = theOneFile(home);
        if (file === undefined) return false;
        truncateSync(join(home, 'files', file), 0);
        if (made === 0) mkdirSync(directory, { recursive: true, mode: 0o700 });
        made += 1;
        const place = join(directory, String(made));
        renameSync(home, place);
        spare.push({ home: place, file });
        return true;
      } catch {
        // Whoever removes it instead says what is wrong with it.
        return false;
      }
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The name of the file that was placed, when there is nothing else and nothing was changed that the next one could notice. */
function theOneFile(home: string): string | undefined {
  const [files, work, ...others] = readdirSync(home).toSorted();
  const isAsMade =
    files === 'files' &&
    work === 'work' &&
    others.length === 0 &&
    [home, join(home, files), join(home, work)].every(isOwnDirectory) &&
    readdirSync(join(home, work)).length === 0;
  if (!isAsMade) return undefined;
  const [file, ...more] = readdirSync(join(home, files));
  return file !== undefined && more.length === 0 && isOwnFile(join(home, files, file)) ? file : undefined;
}

function isOwnDirectory(path: string): boolean {
  const found = lstatSync(path);
  return found.isDirectory() && isOwn(found, 0o700);
}

function isOwnFile(path: string): boolean {
  const found = lstatSync(path);
  return found.isFile() && isOwn(found, 0o600) && found.nlink === 1 && found.size <= mostBytes;
}

const isOwn = ({ uid, mode }: Stats, expected: number): boolean =>
  uid === process.getuid?.() && (mode & 0o7777) === expected;
