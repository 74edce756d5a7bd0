import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SignalboxError } from '../../domain/errors.ts';
import { isMarkedOpen, openMark } from './open-mark.ts';

/**
 * Throws `corrupt` when the log of changes is missing that whoever died has left, with what was committed last. SQLite
 * itself cannot know, and would quietly go on without.
 */
export function refuseWithoutChanges(directory: string): void {
  const isThere = (name: string): boolean => existsSync(join(directory, name));
  if (!isMarkedOpen(directory) || !isThere('signalbox.sqlite') || isThere('signalbox.sqlite-wal')) return;
  throw new SignalboxError(
    'corrupt',
    `the database in ${directory} was not closed when it was used last, and signalbox.sqlite-wal, which has the latest changes, is gone: put that file back, or put a backup in the directory's place with signalbox restore (or, if another program has opened the database since and so has merged the file, delete ${openMark})`,
  );
}
