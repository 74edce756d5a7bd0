import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { ColumnTypes } from '../migration.ts';
import type { Schema } from '../schema.ts';

/** Builds queries in SQLite's dialect. It is connected to nothing: sessions run what it builds. */
export const sqliteBuilder: Kysely<Schema> = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: db => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

export const sqliteTypes: ColumnTypes = { seq: 'integer', bytes: 'blob' };
