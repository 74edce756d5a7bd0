import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { array, asyncProperty, assert as check } from 'fast-check';
import { type RunId, runId } from '../../domain/id.ts';
import { advance, type News, type Run } from '../../domain/run.ts';
import { admitRun, alive, amended, claim, drain, finish, tickets } from './acts.suite.ts';
import { anyNews } from './any-news.suite.ts';
import type { OpenStore } from './open-store.suite.ts';
import { now, unique } from './samples.suite.ts';

/** What becomes of runs when news of them comes. */
export function runsSuite(name: string, open: OpenStore): void {
  describe(`store ${name}: runs`, () => {
    test('a run goes from queued to finished, with its attempt and a feed item each time', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      const from = await store.feedEnd();

      const claimed = await amended(store, run.id, claim('box', 1_000));
      assert.equal(claimed.attempt, 1);
      assert.deepEqual(await store.running(), [{ run: run.id, attempt: 1, agent: 'box', leaseUntil: 1_000 }]);
      assert.deepEqual((await store.run(run.id))?.attempts, [
        { attempt: 1, agent: 'box', startedAt: now, finishedAt: null, outcome: null },
      ]);
      const finished = await amended(store, run.id, finish(1, 'failure', 2));
      assert.deepEqual((await store.run(run.id))?.run, finished);
      assert.deepEqual((await store.run(run.id))?.attempts, [
        { attempt: 1, agent: 'box', startedAt: now, finishedAt: now + 5, outcome: 'failure' },
      ]);
      assert.deepEqual(await store.running(), []);
      const items = (await store.feed(from, 10)).map(({ id: _id, at: _at, ...item }) => item);
      const item = { type: 'run', run: run.id, event: run.event, rule: run.rule, attempt: 1 };
      assert.deepEqual(items, [
        { ...item, state: 'running', outcome: null },
        { ...item, state: 'finished', outcome: 'failure' },
      ]);
    });

    test('late, repeated and foreign news changes nothing, and is answered with the run', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      const claimed = await amended(store, run.id, claim('box'));
      const end = await store.feedEnd();
      for (const news of [claim('other'), claim('box'), finish(2), finish(0), alive(1, 'other', 9e15)])
        assert.deepEqual(await store.amend(run.id, news), { result: 'stale', run: claimed });
      const finished = await amended(store, run.id, finish(1));
      const news = [finish(1, 'failure'), { kind: 'cancelled', by: 'ann', at: now } as const];
      for (const late of news)
        assert.deepEqual(await store.amend(run.id, late), { result: 'stale', run: finished });
      assert.equal(await store.feedEnd(), end + 1);
      assert.deepEqual(await store.amend(runId(unique()), finish(1)), { result: 'unknown' });
    });

    test('a longer lease is nobody else’s business', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store, { report: ['github'] });
      const claimed = await amended(store, run.id, claim('box', 1_000));
      await drain(store);
      const end = await store.feedEnd();
      const longer = await amended(store, run.id, alive(1, 'box', 2_000));
      assert.equal(longer.version, claimed.version);
      assert.equal((await store.running())[0]?.leaseUntil, 2_000);
      assert.equal(await store.feedEnd(), end);
      assert.deepEqual(await drain(store), []);
    });

    test('a lost attempt is closed, and the run gets a ticket for the next one until it has had enough', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store, { retryLost: 1 });
      for (const attempt of [1, 2]) {
        assert.deepEqual(await tickets(store), [run.id]);
        await amended(store, run.id, claim(`box-${attempt}`, now + 10));
        await amended(store, run.id, { kind: 'lease-checked', at: now + 20 });
      }
      assert.deepEqual(await tickets(store), []);
      const found = await store.run(run.id);
      assert.ok(found?.run.status.state === 'finished' && found.run.status.outcome === 'lost');
      assert.deepEqual(
        found.attempts,
        [1, 2].map(attempt => ({
          attempt,
          agent: `box-${attempt}`,
          startedAt: now,
          finishedAt: now + 20,
          outcome: 'lost',
        })),
      );
    });

    test('A88: a cancel and the end in a race, 300 times: one end, and the last report tells it', async () => {
      await using opened = await open();
      const { store } = opened;
      const cancel: News = { kind: 'cancelled', by: 'me', at: now };
      const ends: Run[] = [];
      const races = Array.from({ length: 300 }, async (_, n) => {
        const run = await admitRun(store, { report: ['github'], after: String(n).padStart(40, '0') });
        await amended(store, run.id, claim('box'));
        const end = finish(1, n % 3 ? 'success' : 'cancelled');
        const news = n % 2 ? [cancel, end, cancel, end] : [end, cancel, end];
        const answers = await Promise.all(news.map(word => store.amend(run.id, word)));
        const ended = answers.flatMap(answer =>
          answer.result === 'amended' && answer.run.status.state === 'finished' ? [answer.run] : [],
        );
        assert.equal(ended.length, 1);
        ends.push(...ended);
        assert.deepEqual((await store.run(run.id))?.run, ended[0]);
      });
      await Promise.all(races);
      const told = await drain(store);
      const last = new Map(told.map(entry => [entry.kind === 'report' && entry.report.run, entry]));
      assert.equal(told.length, 300);
      for (const { id, status } of ends) {
        const entry = last.get(id);
        assert.deepEqual(entry?.kind === 'report' && entry.report.status, status);
      }
      const finished = new Map<RunId, number>();
      for (const item of await store.feed(0, 10_000))
        if (item.type === 'run' && item.state === 'finished')
          finished.set(item.run, (finished.get(item.run) ?? 0) + 1);
      assert.deepEqual([...finished.values()], Array(300).fill(1));
    });

    test('a blocked run has no ticket before its approval', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store, { blocked: true });
      assert.deepEqual(await tickets(store), []);
      await amended(store, run.id, { kind: 'approved', by: 'ann' });
      assert.deepEqual(await tickets(store), [run.id]);
    });

    test('news of one run at the same time is worked in one after the other', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      const agents = Array.from({ length: 50 }, (_, n) => `box-${n}`);
      const claims = await Promise.all(agents.map(agent => store.amend(run.id, claim(agent))));
      assert.equal(claims.filter(({ result }) => result === 'amended').length, 1);
      const ends = await Promise.all([
        store.amend(run.id, finish(1)),
        store.amend(run.id, { kind: 'agent-gone', agent: 'box-0', at: now, reason: 'died' }),
        store.amend(run.id, { kind: 'cancelled', by: 'ann', at: now }),
      ]);
      assert.equal(ends.filter(({ result }) => result === 'amended').length, 1);
    });

    test('any news in any order: as the domain says, one end, versions and attempts that only grow', async () => {
      await using opened = await open();
      const { store } = opened;
      await check(
        asyncProperty(array(anyNews, { maxLength: 25 }), async sequence => {
          let expected = await admitRun(store, { retryLost: 1, report: ['github'] });
          for (const news of sequence) {
            const next = advance(expected, news);
            const answer = await store.amend(expected.id, news);
            assert.deepEqual(answer, { result: next === expected ? 'stale' : 'amended', run: next });
            assert.ok(next.version >= expected.version && next.attempt >= expected.attempt);
            if (expected.status.state === 'finished') assert.equal(next, expected);
            expected = next;
          }
          const found = await store.run(expected.id);
          assert.deepEqual(found?.run, expected);
          const attempts = found?.attempts ?? [];
          assert.deepEqual(
            attempts.map(({ attempt }) => attempt),
            Array.from({ length: expected.attempt }, (_, n) => n + 1),
          );
          const open = attempts.filter(({ finishedAt }) => finishedAt === null);
          assert.equal(open.length, expected.status.state === 'running' ? 1 : 0);
        }),
        { numRuns: 50 },
      );
    });
  });
}
