import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { startFakeS3 } from '../../../test/support/fake-s3.ts';
import { needsPostgres, type PostgresServer, startPostgres } from '../../../test/support/postgres-server.ts';
import { admitRun, chunk, claim, finish, raw } from '../../contracts/store/acts.suite.ts';
import { anyEvent, anyRun, firstPage, now, sample } from '../../contracts/store/samples.suite.ts';
import type { Store } from '../../contracts/store.ts';
import type { RunId } from '../../domain/id.ts';
import { claimDataDirectory } from '../data-directory.ts';
import { openPostgresStore } from '../postgres/store.ts';
import { openSqliteStore } from '../sqlite/store.ts';
import { transfer } from './transfer.ts';

describe('a move from SQLite to PostgreSQL', needsPostgres, () => {
  let server: PostgresServer;
  let directory = '';
  let url = '';
  before(async () => {
    server = await startPostgres();
  });
  beforeEach(async () => {
    url = await server.createDatabase();
    directory = await mkdtemp(join(tmpdir(), 'signalbox-transfer-'));
  });
  after(() => server[Symbol.asyncDispose]());

  const options = { progress: () => undefined, signal: new AbortController().signal, withLogs: false };

  /** A store in which something of everything is; gives the run with a log that is not short. */
  async function fill(): Promise<RunId> {
    await using store = await openSqliteStore({ directory });
    for (let n = 0; n < 700; n++) await store.admit(sample({ repo: `acme/\0${n}`, deliveryId: `guid-${n}` }));
    await store.admit(sample({ deliveryId: 'guid-1' }));
    await store.admit({
      ...sample({ body: new Uint8Array(9_000_000) }),
      position: { source: 's', position: [1] },
    });
    await store.addToken({ name: 'laptop', hash: 'a', createdAt: now, lastUsedAt: null });
    const [short, long] = [await admitRun(store, { report: ['github'] }), await admitRun(store)];
    for (const { id } of [short, long]) await store.amend(id, claim('local'));
    await store.appendLog(short.id, chunk(1, 'short\0\n'));
    for (let n = 1; n <= 600; n++) await store.appendLog(long.id, chunk(n, `line ${n}\n`));
    await store.appendLog(long.id, chunk(601, 'x'.repeat(40_000)));
    for (const { id } of [short, long]) await store.amend(id, finish(1));
    return long.id;
  }

  const everything = async (store: Store) => ({
    events: await store.events(anyEvent, { ...firstPage, limit: 1000 }),
    runs: await store.runs(anyRun, firstPage),
    feed: await store.feed(0, 10_000),
    tokens: await store.tokens(),
    position: await store.position('s'),
    counts: await store.counts(),
    known: await store.isKnown('github', 'guid-699'),
  });

  test('all of it is there afterwards, and numbers go on', async t => {
    t.after(() => rm(directory, { recursive: true }));
    const long = await fill();
    const told: string[] = [];
    const { rows, logs } = await transfer({
      ...options,
      from: directory,
      to: url,
      progress: text => told.push(text),
    });
    assert.equal(rows['event'], 703);
    assert.equal(rows['duplicate'], 1);
    assert.equal(logs, null);
    assert.ok(told.includes('event: 500'), told.join());
    await using old = await openSqliteStore({ directory });
    await using moved = await openPostgresStore({
      url,
      directory,
      bucket: null,
      sharesAgents: false,
      trouble: () => undefined,
    });
    assert.deepEqual(await everything(moved), await everything(old));
    assert.deepEqual(await raw(moved, long), await raw(old, long));
    const end = await moved.feedEnd();
    await moved.admit(sample());
    assert.equal((await moved.feed(end, 10)).length, 1);
  });

  test('logs come along for a store that keeps them in a bucket', async t => {
    t.after(() => rm(directory, { recursive: true }));
    const long = await fill();
    assert.equal((await transfer({ ...options, from: directory, to: url, withLogs: true })).logs, 1);
    await using s3 = await startFakeS3();
    await using old = await openSqliteStore({ directory });
    await using moved = await openPostgresStore({
      url,
      directory,
      bucket: s3.settings,
      sharesAgents: false,
      trouble: () => undefined,
    });
    assert.deepEqual(await raw(moved, long), await raw(old, long));
    assert.deepEqual(await moved.log(long, 590, 5), await old.log(long, 590, 5));
  });

  test('is refused where a server is at work, where something is stored, and where nothing is', async t => {
    t.after(() => rm(directory, { recursive: true }));
    await assert.rejects(transfer({ ...options, from: directory, to: url }), { code: 'not_found' });
    await (await openSqliteStore({ directory }))[Symbol.asyncDispose]();
    {
      using _held = await claimDataDirectory(directory);
      await assert.rejects(transfer({ ...options, from: directory, to: url }), /in use by another signalbox/);
    }
    {
      await using other = await openPostgresStore({
        url,
        directory,
        bucket: null,
        sharesAgents: false,
        trouble: () => undefined,
      });
      await other.admit(sample());
    }
    await assert.rejects(transfer({ ...options, from: directory, to: url }), {
      code: 'conflict',
      message: /has something stored already \(in "delivery"\)/,
    });
  });
});
