import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { everything, type Hold, type HoldOn, onAgent, onPool } from '../../domain/hold.ts';
import type { RunId } from '../../domain/id.ts';
import type { Store } from '../store.ts';
import { admitRun, amended, claim, finish } from './acts.suite.ts';
import type { OpenStore } from './open-store.suite.ts';
import { later, now } from './samples.suite.ts';

/** What is paused and drained, and what that keeps from starting. */
export function holdsSuite(name: string, open: OpenStore): void {
  describe(`store ${name}: holds`, () => {
    const held = (on: HoldOn, by = 'ada', reason: string | null = 'maintenance'): Hold => ({
      on,
      by,
      at: now,
      reason,
    });
    /** Those that are due now, or soon. */
    const tickets = async (store: Store): Promise<RunId[]> => {
      const taken = await store.takeOutbox('ticket', Date.now() + 60_000, 1_000, later);
      for (const entry of taken) await store.settle(entry);
      return taken.flatMap(entry => (entry.kind === 'ticket' ? [entry.ticket.run] : []));
    };

    test('who came first stays, also over a restart, and both ends are told in the feed', async () => {
      await using opened = await open();
      const { store } = opened;
      const wanted = held(onPool('linux'));
      assert.deepEqual(await store.hold(wanted), wanted);
      assert.deepEqual(await store.hold(held(onPool('linux'), 'bob', null)), wanted);
      await store.hold(held(onAgent('linux'), 'bob', null));
      await store.hold(held(everything));
      const again = await opened.reopen();
      assert.deepEqual(
        (await again.holds()).map(({ on, by }) => [on, by]),
        [
          [onAgent('linux'), 'bob'],
          [everything, 'ada'],
          [onPool('linux'), 'ada'],
        ],
      );
      assert.deepEqual(await again.release(onPool('linux'), 'bob'), wanted);
      assert.equal(await again.release(onPool('linux'), 'bob'), undefined);
      const told = (await again.feed(0, 10)).flatMap(item =>
        item.type === 'hold' ? [[item.on, item.isHeld, item.by]] : [],
      );
      assert.deepEqual(told, [
        [onPool('linux'), true, 'ada'],
        [onAgent('linux'), true, 'bob'],
        [everything, true, 'ada'],
        [onPool('linux'), false, 'bob'],
      ]);
    });

    for (const on of [onPool('local'), everything])
      test(`paused (${on.kind}): no claim is granted, what runs goes on, and the end brings the tickets in their order`, async () => {
        await using opened = await open();
        const { store } = opened;
        const running = await admitRun(store);
        await amended(store, running.id, claim('box-1'));
        const early = await admitRun(store);
        await tickets(store);
        await store.hold(held(on));
        const late = await admitRun(store);
        await tickets(store);
        for (const { id } of [early, late])
          assert.equal((await store.amend(id, claim('box-1'))).result, 'stale');
        assert.deepEqual(await tickets(store), []);
        await amended(store, running.id, finish(1));
        await store.release(on, 'ada');
        assert.deepEqual(await tickets(store), [early.id, late.id]);
        await amended(store, early.id, claim('box-1'));
        await amended(store, late.id, claim('box-2'));
      });

    test('a pause of another pool keeps nothing, and its end brings no tickets', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      await tickets(store);
      await store.hold(held(onPool('elsewhere')));
      await store.release(onPool('elsewhere'), 'ada');
      assert.deepEqual(await tickets(store), []);
      await amended(store, run.id, claim('box-1'));
    });

    test('a pool that is paused itself stays so when everything goes on', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      for (const on of [onPool('local'), everything]) await store.hold(held(on));
      await store.release(everything, 'ada');
      assert.equal((await store.amend(run.id, claim('box-1'))).result, 'stale');
      await store.release(onPool('local'), 'ada');
      await amended(store, run.id, claim('box-1'));
    });

    test('the end of a pause that was interrupted is made good by repeating it', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      await tickets(store);
      assert.equal(await store.release(onPool('local'), 'ada'), undefined);
      assert.deepEqual(await tickets(store), [run.id]);
    });

    test('a drained agent is granted nothing: the ticket comes again, for another one', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      await tickets(store);
      await store.hold(held(onAgent('box-1')));
      assert.equal((await store.amend(run.id, claim('box-1'))).result, 'stale');
      assert.deepEqual(
        await store.takeOutbox('ticket', now, 10, later),
        [],
        'not at once: it would come back',
      );
      assert.deepEqual(await tickets(store), [run.id]);
      await amended(store, run.id, claim('box-2'));
    });

    test('what a drained agent has it may end, and hear of again', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      await amended(store, run.id, claim('box-1'));
      await store.hold(held(onAgent('box-1')));
      const again = await store.amend(run.id, claim('box-1'));
      assert.ok(again.result === 'stale' && again.run.status.state === 'running');
      assert.deepEqual(await tickets(store), [run.id], 'the one of its admission alone');
      await amended(store, run.id, finish(1));
    });

    test('runs are counted by pool', async () => {
      await using opened = await open();
      const { store } = opened;
      assert.deepEqual(await store.poolCounts(), []);
      const run = await admitRun(store);
      await admitRun(store);
      await amended(store, run.id, claim('box-1'));
      await amended(store, (await admitRun(store)).id, { kind: 'cancelled', by: 'me', at: now });
      assert.deepEqual(await store.poolCounts(), [{ pool: 'local', queued: 1, running: 1 }]);
    });

    test('whatever is held and let go: nothing starts that is held, every run starts once, and in order where no agent was drained', async () => {
      await using opened = await open();
      const { store } = opened;
      const places = [everything, onPool('local'), onAgent('box-1')];
      const act = fc.oneof(
        fc.constant({ act: 'admit' } as const),
        fc.constant({ act: 'take' } as const),
        fc.record({ act: fc.constantFrom('hold', 'release'), on: fc.constantFrom(...places) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 15 }), async acts => {
          const admitted: RunId[] = [];
          const started: RunId[] = [];
          const take = async () => {
            for (const run of await tickets(store)) {
              const holds = (await store.holds()).length;
              const { result } = await store.amend(run, claim('box-1'));
              assert.equal(result, holds === 0 && !started.includes(run) ? 'amended' : 'stale');
              if (result === 'amended') started.push(run);
            }
          };
          for (const step of acts)
            if (step.act === 'admit') admitted.push((await admitRun(store)).id);
            else if (step.act === 'take') await take();
            else if (step.act === 'hold') await store.hold(held(step.on));
            else await store.release(step.on, 'ada');
          for (const on of places) await store.release(on, 'ada');
          await take();
          const hasDrained = acts.some(step => step.act === 'hold' && step.on.kind === 'agent');
          assert.deepEqual(hasDrained ? started.toSorted() : started, admitted);
        }),
        { numRuns: 60 },
      );
    });
  });
}
