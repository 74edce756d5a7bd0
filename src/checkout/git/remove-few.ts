import { readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** As many as go sooner than a program that removes them could be started. */
const few = 32;

/**
 * Removes a directory with everything in it when that is little, without starting a program: from a process that has
 * grown, that takes a hundred times as long. False when it is more, or something is in the way; some may be gone then.
 * It must be no link; links in it are removed, never followed. Nobody else may be changing what is in there.
 */
export async function removeFew(directory: string): Promise<boolean> {
  let left = few;

  async function removeFrom(parent: string): Promise<boolean> {
    const entries = await readdir(parent, { withFileTypes: true });
    left -= entries.length;
    if (left < 0) return false;
    for (const entry of entries) {
      const path = join(parent, entry.name);
      if (!entry.isDirectory()) await unlink(path);
      else if (!(await removeFrom(path))) return false;
    }
    await rmdir(parent);
    return true;
  }

  try {
    return await removeFrom(directory);
  } catch {
    // A mode, or a path that is too long: whoever takes over finds a way, or says what is wrong.
    return false;
  }
}
