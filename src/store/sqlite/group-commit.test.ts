import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations/all.ts';
import { sqliteBuilder, sqliteTypes } from './dialect.ts';
import { sqliteError } from './errors.ts';
import { createGroupCommit, type GroupCommit } from './group-commit.ts';
import type { Answer } from './protocol.ts';
import { createSession } from './session.ts';

interface Opened extends Disposable {
  readonly database: DatabaseSync;
  readonly calls: GroupCommit;
  /** Every set of answers as it came: one set per commit. */
  readonly answers: (readonly Answer<unknown>[])[];
}

async function open(): Promise<Opened> {
  const database = new DatabaseSync(':memory:');
  const writer = createSession(database, 'BEGIN IMMEDIATE');
  await writer.transaction(tx =>
    migrate(tx, migrations, { schema: sqliteBuilder.schema, types: sqliteTypes }),
  );
  const answers: (readonly Answer<unknown>[])[] = [];
  const reader = createSession(database, 'BEGIN');
  const calls = createGroupCommit(
    { writer, reader },
    error => sqliteError(error, '/data'),
    set => answers.push(set),
  );
  return { database, calls, answers, [Symbol.dispose]: () => database.close() };
}

/** Adds a token as a call; its name may be as long as the test needs. */
function addToken(calls: GroupCommit, id: number, name: string): void {
  const input: unknown = { name, hash: `hash of ${id}`, createdAt: 0, lastUsedAt: null };
  calls.add({ id, name: 'addToken', input: input as never });
}

const results = (answers: Opened['answers']) => answers.flat().map(({ id, result }) => [id, result]);

test('what arrives at the same time shares one commit, up to a limit', async () => {
  using opened = await open();
  for (let id = 0; id < 600; id++) addToken(opened.calls, id, `token ${id}`);
  await opened.calls.idle();
  assert.deepEqual(
    opened.answers.map(set => set.length),
    [256, 256, 88],
  );
});

test('one that fails is answered alone, and the others are stored', async () => {
  using opened = await open();
  for (const [id, name] of ['a', 'b', 'a', 'c'].entries()) addToken(opened.calls, id, name);
  await opened.calls.idle();
  assert.deepEqual(results(opened.answers), [
    [0, 'done'],
    [1, 'done'],
    [2, 'failed'],
    [3, 'done'],
  ]);
  const stored = opened.database.prepare('select name from token order by name').all();
  assert.deepEqual(
    stored.map(({ name }) => name),
    ['a', 'b', 'c'],
  );
});

test('a read sees what was committed before it was asked', async () => {
  using opened = await open();
  addToken(opened.calls, 1, 'a');
  opened.calls.add({ id: 2, name: 'tokens', input: undefined as never });
  await opened.calls.idle();
  const answer = opened.answers.flat().find(({ id }) => id === 2);
  assert.ok(answer?.result === 'done' && Array.isArray(answer.output));
  assert.equal(answer.output.length, 1);
});

test('a full database refuses what does not fit, and goes on when there is room again', async () => {
  using opened = await open();
  const pages = opened.database.prepare('pragma page_count').get()?.['page_count'];
  opened.database.exec(`pragma max_page_count = ${Number(pages) + 4}`);
  addToken(opened.calls, 1, 'small');
  addToken(opened.calls, 2, 'x'.repeat(1_000_000));
  addToken(opened.calls, 3, 'small too');
  await opened.calls.idle();
  assert.deepEqual(results(opened.answers), [
    [1, 'done'],
    [2, 'failed'],
    [3, 'done'],
  ]);
  const failure = opened.answers.flat().find(({ id }) => id === 2);
  assert.ok(failure?.result === 'failed');
  assert.equal(failure.error.code, 'unavailable');
  assert.match(failure.error.message, /the database in \/data cannot be written .*full.*: make room/);

  opened.database.exec('pragma max_page_count = 100000');
  addToken(opened.calls, 4, 'y'.repeat(1_000_000));
  await opened.calls.idle();
  assert.deepEqual(results(opened.answers).at(-1), [4, 'done']);
});
