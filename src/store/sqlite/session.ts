import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type CompiledSql, compile, type Prepared, type SqlValues } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';
import { sqliteBuilder } from './dialect.ts';

/** Runs operations on one connection, one transaction at a time, each query as a prepared statement. */
export interface Session {
  /** Runs `work` between BEGIN and COMMIT; rolls back and throws when either fails. What it wrote is on disk then. */
  transaction: RunTransaction;
  /** The same, but a power cut (no other crash) may take back what it wrote, until the next synced transaction. */
  unsyncedTransaction: RunTransaction;
}

type RunTransaction = <Result>(work: (tx: Transaction) => Promise<Result>) => Promise<Result>;

/** `begin` is the statement that opens transactions. */
export function createSession(database: DatabaseSync, begin: 'BEGIN' | 'BEGIN IMMEDIATE'): Session {
  const ready = new WeakMap<object, CompiledSql<SqlValues> & { readonly statement: StatementSync }>();
  const beginning = database.prepare(begin);
  const commit = database.prepare('COMMIT');
  let current: 'FULL' | 'NORMAL' | undefined;

  function prepare<Values extends SqlValues>(query: Prepared<Values, unknown>) {
    const found = ready.get(query);
    if (found !== undefined) return found;
    const compiled = compile(sqliteBuilder, query);
    const made = { ...compiled, statement: database.prepare(compiled.sql) };
    ready.set(query, made);
    return made;
  }

  function transactionAt(now: number): Transaction {
    return {
      now,
      async all<Values extends SqlValues, Row>(query: Prepared<Values, Row>, values: Values) {
        const found = prepare(query);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a row holds is the schema's promise
        return found.statement.all(...found.bind(values)) as Row[];
      },
      async run(query, values) {
        const found = prepare(query);
        return Number(found.statement.run(...found.bind(values)).changes);
      },
      write(query, values) {
        const found = prepare(query);
        found.statement.run(...found.bind(values));
      },
    };
  }

  const running =
    (synchronous: 'FULL' | 'NORMAL'): RunTransaction =>
    async work => {
      if (synchronous !== current) database.exec(`PRAGMA synchronous = ${synchronous}`);
      current = synchronous;
      beginning.run();
      try {
        const result = await work(transactionAt(Date.now()));
        commit.run();
        return result;
      } catch (error) {
        // Some errors have ended the transaction already.
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    };

  return { transaction: running('FULL'), unsyncedTransaction: running('NORMAL') };
}
