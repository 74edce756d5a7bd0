import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { sqliteError } from './errors.ts';
import { refuseWithoutChanges } from './without-changes.ts';

/** Copied at a time: 8 MB. In between whoever waits for progress is told. */
const pagesAtOnce = 1000;

/**
 * Copies the database of a data directory, as it is at one moment, into a file; its server may go on meanwhile. A
 * reader of WAL holds up no writer; the log of changes cannot shrink before it has ended. `progress` may throw, and
 * then the copy ends.
 */
export async function copyDatabase(
  directory: string,
  to: string,
  progress: (done: number, total: number) => void,
): Promise<void> {
  using opened = new DisposableStack();
  let about = directory;
  refuseWithoutChanges(directory);
  try {
    const database = new DatabaseSync(join(directory, 'signalbox.sqlite'), { readOnly: true });
    opened.adopt(database, each => each.close());
    // The moment. Without this transaction each commit of the server would make the copy begin anew.
    database.exec('BEGIN');
    database.prepare('select count(*) from sqlite_schema').get();
    about = dirname(to);
    await backup(database, to, {
      rate: pagesAtOnce,
      progress: ({ totalPages, remainingPages }) => progress(totalPages - remainingPages, totalPages),
    });
    database.exec('COMMIT');
  } catch (error) {
    throw sqliteError(error, about);
  }
}
