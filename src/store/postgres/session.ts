import type { Pool, PoolClient, QueryConfig } from 'pg';
import { type CompiledSql, compile, type Prepared, type SqlValues } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';
import { postgresBuilder } from './dialect.ts';
import { isConnectionLost } from './errors.ts';
import { toColumn } from './text.ts';

/** Runs operations, each transaction on a connection of its own. */
export interface Session {
  /** Runs `work` between `begin` and COMMIT; rolls back and throws when either fails. What it wrote is on disk then. */
  transaction<Result>(begin: string, work: (tx: Transaction) => Promise<Result>): Promise<Result>;
}

export function createSession(pool: Pool): Session {
  const ready = new WeakMap<object, CompiledSql<SqlValues> & { readonly name: string }>();
  let named = 0;

  /** A query that was seen before gets a name: the server keeps its plan for the next time. */
  function configOf<Values extends SqlValues>(query: Prepared<Values, unknown>, values: Values): QueryConfig {
    const found = ready.get(query);
    if (found !== undefined) return { name: found.name, text: found.sql, values: bound(found, values) };
    const compiled = compile(postgresBuilder, query);
    named += 1;
    ready.set(query, { ...compiled, name: `q${named}` });
    return { text: compiled.sql, values: bound(compiled, values) };
  }

  function transactionOn(client: PoolClient, unanswered: Promise<unknown>[]): Transaction {
    return {
      now: Date.now(),
      async all<Values extends SqlValues, Row>(query: Prepared<Values, Row>, values: Values) {
        const { rows } = await client.query(configOf(query, values));
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a row holds is the schema's promise
        return rows as Row[];
      },
      async run(query, values) {
        return (await client.query(configOf(query, values))).rowCount ?? 0;
      },
      write(query, values) {
        const answer = client.query(configOf(query, values));
        // Whether it failed is asked before the commit.
        answer.catch(() => undefined);
        unanswered.push(answer);
      },
    };
  }

  return {
    async transaction(begin, work) {
      const client = await pool.connect();
      let lost = false;
      try {
        await client.query(begin);
        const unanswered: Promise<unknown>[] = [];
        const working = work(transactionOn(client, unanswered));
        await working.catch(() => undefined);
        // What failed first is the reason why all that came after it failed.
        await Promise.all(unanswered);
        const result = await working;
        await client.query('COMMIT');
        return result;
      } catch (error) {
        lost = isConnectionLost(error) || !(await rolledBack(client));
        throw error;
      } finally {
        client.release(lost);
      }
    },
  };
}

function bound<Values extends SqlValues>(query: CompiledSql<Values>, values: Values): unknown[] {
  return query.bind(values).map(value => (typeof value === 'string' ? toColumn(value) : value));
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    // The first error says what is wrong; a connection that cannot even do this is not used again.
    return false;
  }
}
