import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SignalboxError } from '../../domain/errors.ts';
import { isBusy, sqliteError } from './errors.ts';

/**
 * Makes this process the only owner of a data directory until it is disposed or the process ends, however it ends: the
 * lock is the kernel's. The process number beside it is only for the message.
 */
export function lockDirectory(directory: string): Disposable {
  const note = join(directory, 'lock.pid');
  using opened = new DisposableStack();
  try {
    const lock = opened.adopt(new DatabaseSync(join(directory, 'lock.sqlite')), database => database.close());
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(note, `${process.pid}\n`);
    opened.defer(() => rmSync(note, { force: true }));
  } catch (cause) {
    if (!isBusy(cause)) throw sqliteError(cause, directory);
    throw new SignalboxError(
      'conflict',
      `the data directory ${directory} is in use by another signalbox${owner(note)}: stop that one, or choose another directory`,
      { cause },
    );
  }
  const held = opened.move();
  return { [Symbol.dispose]: () => held.dispose() };
}

function owner(note: string): string {
  try {
    return ` (process ${readFileSync(note, 'utf8').trim()})`;
  } catch {
    // It is starting or ending just now: the number was for convenience.
    return '';
  }
}
