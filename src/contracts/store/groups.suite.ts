import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Concurrency } from '../../domain/concurrency.ts';
import type { Run } from '../../domain/run.ts';
import type { Store } from '../store.ts';
import { admitRun, amended, claim, finish } from './acts.suite.ts';
import type { OpenStore } from './open-store.suite.ts';
import { later, now, sample, type Wishes } from './samples.suite.ts';

/** How the runs of a group get along. */
export function groupsSuite(name: string, open: OpenStore): void {
  describe(`store ${name}: groups`, () => {
    const group = (busy: Concurrency['busy'], limit = 1): Wishes => ({
      concurrency: { group: 'acme/app/main', limit, busy },
    });
    const state = async (store: Store, run: Run) => {
      const { status } = (await store.run(run.id))?.run ?? run;
      return status.state === 'finished' ? status.outcome : status.state;
    };
    const tickets = async (store: Store) => {
      const taken = await store.takeOutbox('ticket', later, 100, later + 1);
      for (const entry of taken) await store.settle(entry);
      return taken.flatMap(entry => (entry.kind === 'ticket' ? [entry.ticket.run] : []));
    };

    test('queue: one after the other, in the order in which they came', async () => {
      await using opened = await open();
      const { store } = opened;
      const runs = [await admitRun(store, group('queue')), await admitRun(store, group('queue'))];
      const [first, second] = runs;
      assert.ok(first && second);
      assert.equal((await store.amend(second.id, claim('box-1'))).result, 'stale');
      await amended(store, first.id, claim('box-1'));
      assert.equal((await store.amend(second.id, claim('box-2'))).result, 'stale');
      const waiting = (await store.run(second.id))?.run.status;
      assert.equal(
        waiting?.state === 'queued' && waiting.reason,
        `waits: ${first.id} is under way in group "acme/app/main"`,
      );
      await tickets(store);
      await amended(store, first.id, finish(1));
      assert.deepEqual(await tickets(store), [second.id]);
      await amended(store, second.id, claim('box-2'));
    });

    test('a run that never started lets the next one in', async () => {
      await using opened = await open();
      const { store } = opened;
      const first = await admitRun(store, group('queue'));
      const second = await admitRun(store, group('queue'));
      await tickets(store);
      await amended(store, first.id, { kind: 'cancelled', by: 'me', at: now });
      assert.deepEqual(await tickets(store), [second.id]);
    });

    test('as many as the limit run at the same time; other groups do not count', async () => {
      await using opened = await open();
      const { store } = opened;
      const runs = [];
      for (let n = 0; n < 3; n++) runs.push(await admitRun(store, group('queue', 2)));
      const elsewhere = await admitRun(store, { concurrency: { group: 'another', limit: 1, busy: 'queue' } });
      const claims = [];
      for (const run of [...runs, elsewhere]) claims.push((await store.amend(run.id, claim('box-1'))).result);
      assert.deepEqual(claims, ['amended', 'amended', 'stale', 'amended']);
    });

    test('A89: 200 pushes with cancel-older: the newest runs, all others are superseded by a later one', async () => {
      await using opened = await open();
      const { store } = opened;
      const first = await admitRun(store, group('cancel-older'));
      await amended(store, first.id, claim('box-1'));
      const storm = [];
      for (let n = 1; n < 200; n++) {
        const admission = sample({ ...group('cancel-older'), runs: 1 });
        const admitted = await store.admit(admission);
        assert.ok(admitted.result === 'admitted');
        storm.push({ run: admitted.runs[0], superseded: admitted.superseded.map(({ id }) => id) });
      }
      // The one that runs is told to end, and ends as superseded.
      const told = (await store.run(first.id))?.run.status;
      assert.equal(told?.state === 'running' && told.cancelling?.outcome, 'superseded');
      assert.deepEqual(storm[0]?.superseded, [first.id]);
      await amended(store, first.id, finish(1, 'cancelled'));
      assert.equal(await state(store, first), 'superseded');
      const newest = storm.pop()?.run;
      assert.ok(newest);
      for (const { run } of storm) assert.equal(run && (await state(store, run)), 'superseded');
      await amended(store, newest.id, claim('box-1'));
      await amended(store, newest.id, finish(1));
      assert.equal(await state(store, newest), 'success');
      const { queued, running, blocked } = await store.counts();
      assert.deepEqual({ queued, running, blocked }, { queued: 0, running: 0, blocked: 0 });
    });

    test('skip and reject: a run that finds its group full ends at once, and says why', async () => {
      await using opened = await open();
      const { store } = opened;
      const first = await admitRun(store, group('queue'));
      for (const busy of ['skip', 'reject'] as const) {
        const admitted = await store.admit(sample({ ...group(busy), runs: 1 }));
        const status = admitted.result === 'admitted' && admitted.runs[0]?.status;
        assert.ok(status && status.state === 'finished' && status.outcome === 'skipped');
        assert.match(status.reason ?? '', new RegExp(`${first.id} is under way in group "acme/app/main"$`));
      }
    });

    test('an approved run takes its place as a new one would', async () => {
      await using opened = await open();
      const { store } = opened;
      const first = await admitRun(store, group('skip'));
      const blocked = await admitRun(store, { ...group('skip'), blocked: true });
      assert.equal(await state(store, blocked), 'blocked');
      await store.amend(blocked.id, { kind: 'approved', by: 'me' });
      assert.equal(await state(store, blocked), 'skipped');
      assert.equal(await state(store, first), 'queued');
    });

    test('A64: a new push of a patch voids what waits for, or has got, an approval; what runs goes on', async () => {
      await using opened = await open();
      const { store } = opened;
      const patch = (number: string, action = 'updated') => ({ blocked: true, patch: { number, action } });
      const [waiting, approved, started, other] = [
        await admitRun(store, patch('1')),
        await admitRun(store, { ...patch('2') }),
        await admitRun(store, patch('3')),
        await admitRun(store, patch('4')),
      ];
      await amended(store, approved.id, { kind: 'approved', by: 'me' });
      await amended(store, started.id, { kind: 'approved', by: 'me' });
      await amended(store, started.id, claim('box-1'));
      for (const number of ['1', '2', '3']) await admitRun(store, patch(number));
      const states = [];
      for (const run of [waiting, approved, started, other]) states.push(await state(store, run));
      assert.deepEqual(states, ['superseded', 'superseded', 'running', 'blocked']);
      await store.admit(sample({ ...patch('4', 'closed'), runs: 0 }));
      assert.equal(await state(store, other), 'superseded');
    });
  });
}
