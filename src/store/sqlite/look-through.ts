import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { damagedDatabase, sqliteError } from './errors.ts';
import { refuseWithoutChanges } from './without-changes.ts';

/** Throws `corrupt` when pages of an open database are damaged. It reads all of them: 2 to 3 GB a second from memory. */
export function lookThrough(database: DatabaseSync, directory: string): void {
  const { quick_check: found } = database.prepare('PRAGMA quick_check(1)').get() ?? {};
  // It begins with which database it means.
  if (found !== 'ok') throw damagedDatabase(directory, String(found).split('\n').at(-1) ?? '', undefined);
}

/**
 * Throws what a start on this data directory would say of the database, however large it is; false when there is none.
 * A server may be at work there.
 */
export function lookIntoDirectory(directory: string): boolean {
  const file = join(directory, 'signalbox.sqlite');
  if (!existsSync(file)) return false;
  refuseWithoutChanges(directory);
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    lookThrough(database, directory);
    return true;
  } catch (error) {
    throw sqliteError(error, directory);
  }
}
