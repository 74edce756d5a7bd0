import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations/all.ts';
import { releaseTaken } from '../operations/outbox.ts';
import { sqliteBuilder, sqliteTypes } from './dialect.ts';
import { sqliteError } from './errors.ts';
import { lookThrough } from './look-through.ts';
import { createSession, type Session } from './session.ts';

/** The database of a data directory: one connection that writes, one that only reads. */
export interface Database extends Disposable {
  readonly writer: Session;
  readonly reader: Session;
}

/** Deliveries are stored with their bodies: nobody else's business. */
const ownerOnly = 0o600;
/** Other programs (a backup, a curious admin) may hold the file's lock for a moment. */
const busyTimeoutMs = 5_000;

/** Looked through at every start: 0.1 s from memory, a second or two from a slow disk. `doctor` looks through larger ones too. */
const mostCheckedBytes = 256 * 1024 * 1024;

/** Opens the database, makes it when there is none, and brings it to the newest version. */
export async function openDatabase(directory: string): Promise<Database> {
  const file = join(directory, 'signalbox.sqlite');
  using opened = new DisposableStack();
  try {
    // Made before SQLite does, which gives what it puts beside the file the mode of the file.
    if (!existsSync(file)) closeSync(openSync(file, 'a', ownerOnly));
    const writing = opened.adopt(new DatabaseSync(file, { timeout: busyTimeoutMs }), close);
    // Pages of 8 KB hold a typical body: a fifth more events per second than with 4 KB, and steadier commits.
    // FULL: a commit is on the disk when it returns. After a burst the log of changes shrinks to 64 MB again.
    writing.exec(`
      PRAGMA page_size = 8192;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA journal_size_limit = 67108864;
    `);
    if (statSync(file).size <= mostCheckedBytes) lookThrough(writing, directory);
    const writer = createSession(writing, 'BEGIN IMMEDIATE');
    await writer.transaction(async tx => {
      await migrate(tx, migrations, { schema: sqliteBuilder.schema, types: sqliteTypes });
      // A data directory has one owner at a time: whoever was sending something before this one is dead.
      await releaseTaken(tx);
    });
    const reading = opened.adopt(new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs }), close);
    const reader = createSession(reading, 'BEGIN');
    const keep = opened.move();
    return { writer, reader, [Symbol.dispose]: () => keep.dispose() };
  } catch (error) {
    throw sqliteError(error, directory);
  }
}

function close(database: DatabaseSync): void {
  database.close();
}
