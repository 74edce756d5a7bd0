import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SignalboxError } from '../domain/errors.ts';
import { makeDirectory } from '../lib/make-directory.ts';

/** Bodies and logs are nobody else's business. */
const ownerOnly = 0o700;
/** SQLite's primary result codes, the lowest byte of `errcode`, for what somebody else holds. */
const busy = [5, 6];

/**
 * Takes a data directory for this process alone, before anything in it is touched. It is made when there is none, and
 * held until it is disposed or the process ends, however it ends: the lock is the kernel's. Who comes second is refused
 * as `unavailable`, with the number of the process that has it.
 */
export async function claimDataDirectory(path: string): Promise<Disposable> {
  const directory = resolve(path);
  try {
    await makeDirectory(directory, ownerOnly);
  } catch (cause) {
    throw new SignalboxError(
      'unavailable',
      `the data directory ${directory} cannot be made: ${whyNotMade(cause)}; choose another one with --data, or "data" in the configuration`,
      { cause },
    );
  }
  const note = join(directory, 'lock.pid');
  using opened = new DisposableStack();
  try {
    const lock = opened.adopt(new DatabaseSync(join(directory, 'lock.sqlite')), database => database.close());
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(note, `${process.pid}\n`);
    opened.defer(() => rmSync(note, { force: true }));
  } catch (cause) {
    throw new SignalboxError('unavailable', `the data directory ${directory} ${whyNotTaken(cause, note)}`, {
      cause,
    });
  }
  const held = opened.move();
  return { [Symbol.dispose]: () => held.dispose() };
}

function whyNotMade(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EEXIST') return 'there is a file of that name';
  if (code === 'ENOTDIR') return 'its path leads through a file';
  if (code === 'ENOENT') return 'nothing can be made there';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'this user may not write there';
  return messageOf(error);
}

function whyNotTaken(error: unknown, note: string): string {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
  return code !== undefined && busy.includes(code)
    ? `is in use by another signalbox${owner(note)}: stop that one, or choose another directory`
    : `cannot be written (${messageOf(error)}): check its permissions and the disk's free space`;
}

function owner(note: string): string {
  try {
    return ` (process ${readFileSync(note, 'utf8').trim()})`;
  } catch {
    // It is starting or ending just now: the number was for convenience.
    return '';
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
