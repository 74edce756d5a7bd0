import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { needsPostgres, type PostgresServer, startPostgres } from '../../../test/support/postgres-server.ts';
import { until } from '../../../test/support/server.ts';
import { admitRun, claim, raw } from '../../contracts/store/acts.suite.ts';
import { later, now, sample } from '../../contracts/store/samples.suite.ts';
import type { Store } from '../../contracts/store.ts';
import type { EventId, RunId } from '../../domain/id.ts';
import { openPostgresStore } from './store.ts';

describe('several stores in one database', needsPostgres, () => {
  let server: PostgresServer;
  let directory = '';
  let url = '';
  before(async () => {
    server = await startPostgres('durable');
    directory = await mkdtemp(join(tmpdir(), 'signalbox-shared-'));
  });
  beforeEach(async () => {
    url = await server.createDatabase();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });
  const open = (name = 'a'): Promise<Store> =>
    openPostgresStore({
      url,
      directory: join(directory, name),
      bucket: null,
      sharesAgents: false,
      trouble: error => assert.fail(String(error)),
    });

  test('who opens an empty one at the same time makes its tables once', async () => {
    const stores = await Promise.all(['a', 'b', 'c', 'd'].map(open));
    await using all = new AsyncDisposableStack();
    for (const store of stores) all.use(store);
    const { event } = sample();
    await stores[0]?.admit({ event, delivery: null, verdicts: [], runs: [], position: null });
    assert.deepEqual(await stores[3]?.bareEvent(event.id), event);
  });

  test('a reader of the feed misses nothing, however many write', async () => {
    await using one = await open();
    await using other = await open();
    await using reading = await open();
    const admitted: EventId[] = [];
    const flood = async (store: Store): Promise<void> => {
      for (let n = 0; n < 40; n++) {
        const admission = sample();
        await store.admit(admission);
        admitted.push(admission.event.id);
      }
    };
    const writing = Promise.all([one, other, one, other, one, other].map(flood));
    let over = false;
    void writing.then(() => (over = true));
    const read: EventId[] = [];
    for (let cursor = 0, last = false; !last; ) {
      last = over;
      const items = await reading.feed(cursor, 1000);
      for (const item of items) if (item.type === 'event') read.push(item.event);
      cursor = items.at(-1)?.id ?? cursor;
    }
    await writing;
    assert.equal(read.length, 240);
    assert.deepEqual(read.toSorted(), admitted.toSorted());
  });

  test('an outbox entry is taken by one of them, and a run is claimed by one', async () => {
    await using one = await open();
    await using other = await open();
    for (let n = 0; n < 60; n++) await admitRun(n % 2 ? one : other);
    const takes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? one : other).takeOutbox('ticket', now, 7, later)),
    );
    const taken = takes.flat().flatMap(entry => (entry.kind === 'ticket' ? [entry.ticket.run] : []));
    assert.equal(taken.length, 60);
    assert.equal(new Set<RunId>(taken).size, 60);
    for (const run of taken.slice(0, 10)) {
      const claims = await Promise.all([one.amend(run, claim('box-1')), other.amend(run, claim('box-2'))]);
      assert.deepEqual(claims.map(({ result }) => result).toSorted(), ['amended', 'stale']);
    }
  });

  test('a token that is good once is so at one of them', async () => {
    await using one = await open();
    await using other = await open();
    const most = { all: 100, ofIssuer: 100 };
    for (let n = 0; n < 10; n++) {
      const token = { issuer: 'did:plc:pat', hash: String(n), expiresAt: later };
      const uses = await Promise.all([one, other].map(store => store.useToken(token, most, now)));
      assert.deepEqual(uses.toSorted(), ['new', 'used']);
    }
  });

  test('a group has no more room than its limit, whoever claims', async () => {
    await using one = await open();
    await using other = await open();
    const concurrency = { group: 'deploy', limit: 1, busy: 'queue' } as const;
    for (let turn = 0; turn < 10; turn++) {
      const runs = [];
      for (let n = 0; n < 4; n++) runs.push(await admitRun(n % 2 ? one : other, { concurrency }));
      await Promise.all(runs.map(({ id }, n) => (n % 2 ? other : one).amend(id, claim(`box-${n}`))));
      assert.equal((await one.running()).length, 1);
      for (const { id } of runs) await one.amend(id, { kind: 'cancelled', by: 'me', at: now });
      for (const { run, attempt } of await one.running())
        await one.amend(run, {
          kind: 'finished',
          attempt,
          at: now,
          ending: { outcome: 'cancelled', exitCode: null, reason: null },
        });
    }
  });

  test('names with NUL in them are kept as they are, and found again', async () => {
    await using store = await open();
    for (const deliveryId of ['a\0b', 'a\ue0000b', 'a\ue0001', '\0', '\ud800'])
      for (const result of ['admitted', 'known']) {
        const admission = sample({ deliveryId, repo: `acme/\0${deliveryId}`, runs: 1, rule: 'x\0y' });
        const event = { ...admission.event, branch: 'main\0', actor: { id: '7', name: 'a\0\ue000' } };
        assert.equal((await store.admit({ ...admission, event })).result, result);
        if (result === 'known') continue;
        assert.deepEqual(await store.bareEvent(event.id), event);
        assert.equal((await store.repo(`acme/\0${deliveryId}`))?.name, event.repo?.name);
      }
  });

  test('a log with every byte in it is kept as it was printed', async () => {
    await using store = await open();
    const { id } = await admitRun(store);
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    await store.amend(id, claim('local'));
    await store.appendLog(id, { attempt: 1, sequence: 1, at: 7, stream: 'stdout', bytes });
    await store.amend(id, {
      kind: 'finished',
      attempt: 1,
      at: now,
      ending: { outcome: 'success', exitCode: 0, reason: null },
    });
    assert.deepEqual(await raw(store, id), bytes);
  });

  test('what was acknowledged is there after the server was killed, and who is connected goes on by itself', async () => {
    await using store = await open();
    const acknowledged: EventId[] = [];
    const failed: string[] = [];
    const stop = new AbortController();
    // Also where something below fails: nobody writes on into a store that is closed.
    await using writers = new AsyncDisposableStack();
    const writing = Promise.all(
      Array.from({ length: 8 }, async () => {
        while (!stop.signal.aborted) {
          const admission = sample({ runs: 1 });
          await store.admit(admission).then(
            () => acknowledged.push(admission.event.id),
            (error: { code: string; message: string }) => {
              assert.equal(error.code, 'unavailable', error.message);
              assert.match(error.message, /^PostgreSQL at /);
              failed.push(error.message);
            },
          );
        }
      }),
    );
    writers.defer(() => {
      stop.abort();
      return writing.then(() => undefined);
    });
    await until(() => acknowledged.length > 100, 'some events');
    await server.stop('SIGQUIT');
    await until(() => failed.length > 0, 'a failure');
    await assert.rejects(store.feedEnd(), { code: 'unavailable' });
    await server.start();
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 100, 'more events');
    stop.abort();
    await writing;
    for (const id of acknowledged)
      assert.ok(await store.bareEvent(id), `${id} was acknowledged and is not there`);
  });
});
