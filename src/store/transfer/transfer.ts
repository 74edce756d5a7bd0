import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SignalboxError } from '../../domain/errors.ts';
import { claimDataDirectory } from '../data-directory.ts';
import { openDatabase } from '../postgres/database.ts';
import { nameOf, postgresError, serverOf } from '../postgres/errors.ts';
import { sqliteError } from '../sqlite/errors.ts';
import { lookIntoDirectory } from '../sqlite/look-through.ts';
import { openSqliteStore } from '../sqlite/store.ts';
import type { Transaction } from '../transaction.ts';
import { countIn, insertInto, moveSequences, type Row, tablesOf } from './tables.ts';
import { transferLogs } from './transfer-logs.ts';

export interface TransferOptions {
  /** The data directory; no server may use it. */
  readonly from: string;
  /** The address of a PostgreSQL database in which nothing is stored yet. */
  readonly to: string;
  /** Whether the files of logs are copied too: for a store that keeps logs in a bucket, into which they move later. */
  readonly withLogs: boolean;
  /** Hears in words how far it is. */
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** How much was copied. The counts were compared with what is there now. */
export interface Transfer {
  readonly rows: Readonly<Record<string, number>>;
  /** Files of logs; null when they stay where they are. */
  readonly logs: number | null;
}

/** In one statement: some hundred rows, or one large body. */
const mostRows = 500;
const mostBytes = 4 * 1024 * 1024;

/**
 * Copies all that is stored in a data directory's database into another one, whole or not at all. The directory is left as
 * it is, but for being brought to this version.
 */
export async function transfer(options: TransferOptions): Promise<Transfer> {
  const directory = resolve(options.from);
  const server = serverOf(options.to);
  if (!lookIntoDirectory(directory))
    throw new SignalboxError(
      'not_found',
      `there is no signalbox in ${directory}: say with --from where its data are`,
    );
  using _lock = await claimDataDirectory(directory);
  // Both have the same tables then, and all of it is in one file.
  await (await openSqliteStore({ directory }))[Symbol.asyncDispose]();
  using source = openSource(directory);
  await using target = await openDatabase(options.to);
  try {
    return await target.write(async tx => {
      const tables = tablesOf(source);
      for (const table of tables)
        if ((await countIn(tx, table)) > 0)
          throw new SignalboxError(
            'conflict',
            `PostgreSQL at ${nameOf(server)} has something stored already (in "${table}"): name a database that is empty`,
          );
      const rows: Record<string, number> = {};
      for (const table of tables) rows[table] = await copyTable(tx, source, table, options);
      await moveSequences(tx);
      return {
        rows,
        logs: options.withLogs ? await transferLogs(tx, join(directory, 'logs'), options) : null,
      };
    });
  } catch (error) {
    throw postgresError(error, server);
  }
}

function openSource(directory: string): DatabaseSync {
  try {
    return new DatabaseSync(join(directory, 'signalbox.sqlite'), { readOnly: true });
  } catch (error) {
    throw sqliteError(error, directory);
  }
}

async function copyTable(
  tx: Transaction,
  source: DatabaseSync,
  table: string,
  { progress, signal }: Pick<TransferOptions, 'progress' | 'signal'>,
): Promise<number> {
  let batch: Row[] = [];
  let bytes = 0;
  let copied = 0;
  const flush = async (): Promise<void> => {
    signal.throwIfAborted();
    if (batch.length > 0) await insertInto(tx, table, batch);
    copied += batch.length;
    batch = [];
    bytes = 0;
    progress(`${table}: ${copied}`);
  };
  for (const row of source.prepare(`select * from "${table}"`).iterate()) {
    const values = Object.entries(row).map(([column, value]) => {
      if (typeof value === 'bigint')
        throw new SignalboxError('corrupt', `${table}.${column} holds too large a number`);
      bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
      return [column, value] as const;
    });
    batch.push(Object.fromEntries(values));
    if (batch.length >= mostRows || bytes >= mostBytes) await flush();
  }
  await flush();
  const found = await countIn(tx, table);
  if (found !== copied)
    throw new SignalboxError(
      'internal',
      `of ${copied} rows of "${table}" there are ${found} in the new database`,
    );
  return copied;
}
