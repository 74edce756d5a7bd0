import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workspace } from '../../contracts/checkout.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { removeTree } from './remove-tree.ts';

/** The directory of one attempt, in two parts: the job's own, and what is placed beside it. */
export interface AttemptDirectory {
  readonly work: string;
  readonly place: Workspace['place'];
}

/** Makes the (empty) directory of an attempt. What an earlier one of the same name left there goes first. */
export async function createAttemptDirectory(path: string, directory: string): Promise<AttemptDirectory> {
  const work = join(directory, 'work');
  const beside = join(directory, 'files');
  await removeTree(path, directory);
  for (const part of [work, beside]) await mkdir(part, { recursive: true, mode: 0o700 });

  async function place(name: string, text: string): Promise<string> {
    if (!/^\w[\w.-]*$/.test(name)) throw new SignalboxError('internal', `"${name}" is no plain file name`);
    const file = join(beside, name);
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
