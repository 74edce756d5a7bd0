import { closeSync, constants, openSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workspace } from '../../contracts/checkout.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { removeTree } from './remove-tree.ts';
import type { SpareDirectories } from './spare-directories.ts';

/** The directory of one attempt, in two parts: the job's own, and what is placed beside it. */
export interface AttemptDirectory {
  readonly work: string;
  readonly place: Workspace['place'];
}

/** Makes the (empty) directory of an attempt. What an earlier one of the same name left there goes first. */
export async function createAttemptDirectory(
  path: string,
  directory: string,
  spare: SpareDirectories,
): Promise<AttemptDirectory> {
  const work = join(directory, 'work');
  const beside = join(directory, 'files');
  let empty = spare.take(directory);
  if (empty === undefined) {
    await removeTree(path, directory);
    for (const part of [work, beside]) await mkdir(part, { recursive: true, mode: 0o700 });
  }

  async function place(name: string, text: string): Promise<string> {
    if (!/^\w[\w.-]*$/.test(name)) throw new SignalboxError('internal', `"${name}" is no plain file name`);
    const file = join(beside, name);
    if (empty !== undefined) {
      fill(empty, file, text);
      empty = undefined;
      return file;
    }
    const write = () => writeFile(file, text, { mode: 0o600, flag: 'wx' });
    try {
      await write();
    } catch {
      // Something of that name is there, which is rare: it goes. What else may be wrong shows again.
      await rm(file, { force: true });
      await write();
    }
    return file;
  }

  return { work, place };
}

/** Gives an empty file its name and its text. */
function fill(empty: string, file: string, text: string): void {
  renameSync(empty, file);
  const open = openSync(file, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    writeFileSync(open, text);
  } finally {
    closeSync(open);
  }
}
