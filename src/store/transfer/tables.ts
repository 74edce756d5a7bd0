import type { DatabaseSync } from 'node:sqlite';
import { type RawBuilder, sql } from 'kysely';
import { type Prepared, prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';

/** A row as both engines take it. */
export type Row = Readonly<Record<string, string | number | null | Uint8Array>>;

/** Of the database itself, and of who uses it. */
const notCopied = ['migration', 'plane'];

/** The tables that are copied, in the order in which they were made: what others refer to comes first. */
export function tablesOf(source: DatabaseSync): readonly string[] {
  return source
    .prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by rowid`)
    .all()
    .map(({ name }) => String(name))
    .filter(name => !notCopied.includes(name));
}

export async function countIn(tx: Transaction, table: string): Promise<number> {
  const found = await first(
    tx,
    raw<{ readonly count: number }>(sql`select count(*) from ${sql.table(table)}`),
    {},
  );
  return found?.count ?? 0;
}

export async function insertInto(tx: Transaction, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map(row => sql`(${sql.join(columns.map(column => row[column]))})`);
  await tx.run(
    raw(
      sql`insert into ${sql.table(table)} (${sql.join(columns.map(column => sql.ref(column)))}) values ${sql.join(values)}`,
    ),
    {},
  );
}

/** Columns that number their rows by themselves go on behind the largest number that was copied. */
export async function moveSequences(tx: Transaction): Promise<void> {
  for (const { table, column } of await tx.all(numbered, {}))
    await tx.all(
      raw(
        sql`select setval(pg_get_serial_sequence(${table}, ${column}), max(${sql.ref(column)})) from ${sql.table(table)}`,
      ),
      {},
    );
}

const raw = <Found>(query: RawBuilder<Found>): Prepared<Record<string, never>, Found> =>
  prepared(db => ({ compile: () => query.compile(db) }));

const numbered = raw<{ readonly table: string; readonly column: string }>(
  sql`select table_name::text as "table", column_name::text as "column" from information_schema.columns where table_schema = current_schema() and column_default like 'nextval(%'`,
);
