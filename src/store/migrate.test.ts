import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { migrate } from './migrate.ts';
import type { Migration } from './migration.ts';
import { sqliteBuilder, sqliteTypes } from './sqlite/dialect.ts';
import { createSession } from './sqlite/session.ts';

const step = (version: number, table: string): Migration => ({
  version,
  name: `add ${table}`,
  up: (schema, { seq }) => [schema.createTable(table).addColumn('id', seq, column => column.primaryKey())],
});

const bring = (database: DatabaseSync, migrations: readonly Migration[]): Promise<void> =>
  createSession(database, 'BEGIN IMMEDIATE').transaction(tx =>
    migrate(tx, migrations, { schema: sqliteBuilder.schema, types: sqliteTypes }),
  );

const tables = (database: DatabaseSync) =>
  database
    .prepare(`select name from sqlite_schema where type = 'table' order by name`)
    .all()
    .map(({ name }) => name);

const versions = (database: DatabaseSync) =>
  database
    .prepare('select version from migration order by version')
    .all()
    .map(({ version }) => version);

test('every step is done once, in order, from wherever the database stands', async () => {
  using database = new DatabaseSync(':memory:');
  await bring(database, [step(1, 'a')]);
  await bring(database, [step(1, 'a')]);
  await bring(database, [step(1, 'a'), step(2, 'b'), step(3, 'c')]);
  assert.deepEqual(tables(database), ['a', 'b', 'c', 'migration']);
  assert.deepEqual(versions(database), [1, 2, 3]);
});

test('A85: when a step fails nothing has happened', async () => {
  using database = new DatabaseSync(':memory:');
  await bring(database, [step(1, 'a')]);
  await assert.rejects(bring(database, [step(1, 'a'), step(2, 'b'), step(3, 'a')]), /already exists/);
  assert.deepEqual(tables(database), ['a', 'migration']);
  assert.deepEqual(versions(database), [1]);
});

test('A85: a database of a newer version is refused', async () => {
  using database = new DatabaseSync(':memory:');
  await bring(database, [step(1, 'a'), step(2, 'b')]);
  await assert.rejects(bring(database, [step(1, 'a')]), { code: 'conflict' });
});
