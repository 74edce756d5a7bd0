import { Pool, types } from 'pg';
import { SignalboxError } from '../../domain/errors.ts';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations/all.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';
import { postgresBuilder, postgresTypes } from './dialect.ts';
import { nameOf, postgresError, type Server, serverOf } from './errors.ts';
import { createSession } from './session.ts';
import { fromColumn } from './text.ts';

/** A database that other control planes may use at the same time. */
export interface Database extends AsyncDisposable {
  readonly server: Server;
  /** Runs `work` while nobody else writes. What it wrote is on disk then. */
  readonly write: RunTransaction;
  /** The same, but a crash of the server may take back what it wrote. */
  readonly writeUnsynced: RunTransaction;
  /** Runs `work` on one snapshot, beside all others. */
  readonly read: RunTransaction;
}

type RunTransaction = <Result>(work: (tx: Transaction) => Promise<Result>) => Promise<Result>;

/** One writes, the others answer questions: more would only stand in line at the server. */
const mostConnections = 8;
const connectMs = 5_000;
/** Long enough for the largest body and a busy disk; who waits longer is told so. */
const statementMs = 30_000;
/** A control plane that stands still in the middle of a transaction (stopped, unplugged) holds up the others no longer than this. */
const standstillMs = 10_000;
/** Leases and schedules are told by the control planes' own clocks. */
const mostClockDriftMs = 10_000;

/**
 * One control plane writes at a time, and the others wait for its commit, as if the database were a file. So the feed is
 * numbered in the order of commits, and what is decided by looking at several rows (a group's room, the youngest run of a
 * subject) holds when it is stored. Group commit keeps the turns short and few.
 */
const takeTurn = 'select pg_advisory_xact_lock(7235419)';

/** Opens the database and brings it to the newest version. */
export async function openDatabase(url: string): Promise<Database> {
  const server = serverOf(url);
  const pool = new Pool({
    connectionString: url,
    max: mostConnections,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: statementMs + connectMs,
    idle_in_transaction_session_timeout: standstillMs,
    pipeline: true,
    keepAlive: true,
    application_name: 'signalbox',
    types: { getTypeParser: (oid, format) => parsers.get(oid) ?? types.getTypeParser(oid, format) },
  });
  // A connection that the server ends is replaced by the next call that needs one; without listeners it would end us.
  pool.on('error', () => undefined);
  pool.on('connect', client => client.on('error', () => undefined));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => pool.end());
  const session = createSession(pool);
  const running =
    (begin: string): RunTransaction =>
    work =>
      session.transaction(begin, work);
  try {
    await session.transaction(`begin; set local statement_timeout = 0; ${takeTurn}`, async tx => {
      await refuseOtherTime(tx, server);
      await migrate(tx, migrations, { schema: postgresBuilder.schema, types: postgresTypes });
    });
  } catch (error) {
    throw postgresError(error, server);
  }
  const keep = opened.move();
  return {
    server,
    write: running(`begin; ${takeTurn}`),
    writeUnsynced: running(`begin; set local synchronous_commit = off; ${takeTurn}`),
    read: running('begin isolation level repeatable read read only'),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}

async function refuseOtherTime(tx: Transaction, server: Server): Promise<void> {
  const found = await first(tx, serversTime, {});
  const drift = Math.abs(Date.now() - (found?.seconds ?? 0) * 1000);
  if (drift > mostClockDriftMs)
    throw new SignalboxError(
      'unavailable',
      `this machine's clock and that of PostgreSQL at ${nameOf(server)} are ${Math.round(drift / 1000)} s apart: let both keep time by NTP`,
    );
}

const serversTime = prepared(db =>
  db.selectNoFrom(eb =>
    eb.fn<number>('date_part', [eb.val('epoch'), eb.fn('clock_timestamp')]).as('seconds'),
  ),
);

/** Values as our tables have them. Numbers stay below 2^53; bytes are the caller's own. */
const parsers = new Map<number, (value: string) => unknown>([
  [types.builtins.INT8, Number],
  [types.builtins.NUMERIC, Number],
  [types.builtins.TEXT, fromColumn],
  [types.builtins.BYTEA, value => new Uint8Array(Buffer.from(value.slice(2), 'hex'))],
]);
