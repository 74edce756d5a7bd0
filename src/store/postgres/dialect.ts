import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { ColumnTypes } from '../migration.ts';
import type { Schema } from '../schema.ts';

/** Builds queries in PostgreSQL's dialect. It is connected to nothing: sessions run what it builds. */
export const postgresBuilder: Kysely<Schema> = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: db => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

export const postgresTypes: ColumnTypes = { seq: 'bigserial', bytes: 'bytea' };
