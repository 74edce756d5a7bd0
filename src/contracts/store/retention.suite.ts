import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type EventId, eventId } from '../../domain/id.ts';
import type { Run } from '../../domain/run.ts';
import { admitRun, amended, chunk, claim, finish, texts } from './acts.suite.ts';
import type { OpenStore } from './open-store.suite.ts';
import { allBytes, anyEvent, firstPage, later, now, sample, unique } from './samples.suite.ts';

/** What a store forgets, and what it keeps then. */
export function retentionSuite(name: string, open: OpenStore): void {
  describe(`store ${name}: retention`, () => {
    test('the log of a run whose rule says so goes sooner than others', async () => {
      await using opened = await open();
      const { store } = opened;
      const kept = await admitRun(store);
      const short = await admitRun(store, { keepLogMs: 1_000 });
      for (const { id } of [kept, short]) {
        await amended(store, id, claim('box-1'));
        await store.appendLog(id, chunk(1, 'printed\n'));
        await amended(store, id, finish(1));
      }
      const found = await store.run(short.id);
      const at = found?.run.status.state === 'finished' ? found.run.status.finishedAt : assert.fail();
      const keep = { before: 0, totalBytes: 1_000 };
      assert.equal(await store.forgetLogs({ ...keep, now: at + 1_000 }, 10), 0);
      assert.equal(await store.forgetLogs({ ...keep, now: at + 1_001 }, 10), 1);
      assert.deepEqual(await texts(store, short.id), []);
      assert.deepEqual(await texts(store, kept.id), ['printed']);
      assert.equal(await store.forgetLogs({ ...keep, now: at + 1_001 }, 10), 0);
    });

    test('A12: old events go with all they have brought, but not their delivery ids; unfinished runs keep theirs', async () => {
      await using opened = await open();
      const { store } = opened;
      const done = sample({ deliveryId: 'done', runs: 1, report: ['github'] });
      const undone = sample({ deliveryId: 'undone', runs: 1 });
      const recent = sample({ deliveryId: 'recent', receivedAt: now + 100 });
      for (const admission of [done, undone, recent]) await store.admit(admission);
      const [run] = done.runs;
      const [unfinished] = undone.runs;
      assert.ok(run && unfinished);
      await store.admit(sample({ deliveryId: 'done' }));
      for (const { id } of [run, unfinished]) {
        await amended(store, id, claim('box'));
        await store.appendLog(id, chunk(1, 'hello\n'));
      }
      await amended(store, run.id, finish(1));

      assert.equal(await store.forgetEvents(now + 50, 10), 1);
      assert.equal(await store.event(done.event.id), undefined);
      assert.equal(await store.delivery(done.delivery!.delivery.id), undefined);
      assert.equal(await store.run(run.id), undefined);
      assert.deepEqual(await store.log(run.id, 0, 10), []);
      assert.ok(await store.event(undone.event.id));
      assert.deepEqual(await texts(store, unfinished.id), ['hello']);
      assert.ok(await store.event(recent.event.id));
      assert.equal(await store.forgetEvents(now + 50, 10), 0);

      // The id outlives the event.
      const known = { result: 'known', event: done.event.id, runs: [], conflict: false } as const;
      assert.deepEqual(await store.admit(sample({ deliveryId: 'done' })), known);
    });

    test('an event whose run was never approved is forgotten like others', async () => {
      await using opened = await open();
      const { store } = opened;
      const admission = sample({ runs: 1 });
      const runs = admission.runs.map(run => ({
        ...run,
        status: { state: 'blocked', reason: 'not approved' } as const,
      }));
      await store.admit({ ...admission, runs });
      assert.equal(await store.forgetEvents(now + 50, 10), 1);
      assert.equal(await store.run(runs[0]!.id), undefined);
    });

    test('A86: takes no more than it is told, the oldest first', async () => {
      await using opened = await open();
      const { store } = opened;
      const events: EventId[] = [];
      for (let n = 0; n < 5; n++) {
        const admission = sample({ receivedAt: now - n });
        await store.admit(admission);
        events.push(admission.event.id);
      }
      assert.equal(await store.forgetEvents(now + 1, 2), 2);
      assert.deepEqual(
        (await store.events(anyEvent, firstPage)).items.map(({ event }) => event.id),
        events.slice(0, 3).toReversed(),
      );
    });

    test('old logs, and the oldest of too many, go; their runs stay', async () => {
      await using opened = await open();
      const { store } = opened;
      const runs: Run[] = [];
      for (let n = 0; n < 4; n++) {
        const run = await admitRun(store);
        runs.push(run);
        await amended(store, run.id, claim('box-1'));
        await store.appendLog(run.id, {
          attempt: 1,
          sequence: 1,
          at: now,
          stream: 'stdout',
          bytes: Buffer.from('0123456789\n'),
        });
        if (n < 3) await amended(store, run.id, finish(1));
      }
      const lines = async () => {
        const found = [];
        for (const { id } of runs) found.push((await store.log(id, 0, 10)).length);
        return found;
      };
      assert.equal(await store.forgetLogs({ before: 0, totalBytes: 33, now }, 10), 0);
      assert.equal(await store.forgetLogs({ before: 0, totalBytes: 25, now }, 10), 1);
      assert.deepEqual(await lines(), [0, 1, 1, 1]);
      assert.equal(await store.forgetLogs({ before: later, totalBytes: 100, now }, 10), 2);
      assert.deepEqual(await lines(), [0, 0, 0, 1]);
      assert.equal(await store.forgetLogs({ before: later, totalBytes: 0, now }, 10), 0);
      assert.equal(
        (await store.runs({ state: 'finished', rule: null, event: null }, { limit: 10, after: null })).items
          .length,
        3,
      );
    });

    test('a repetition keeps the bytes of its original', async () => {
      await using opened = await open();
      const { store } = opened;
      const original = sample();
      await store.admit(original);
      const event = {
        ...original.event,
        id: eventId(unique()),
        deliveryId: null,
        replayOf: original.event.id,
        receivedAt: now + 100,
      };
      await store.admit({ ...original, event, delivery: null });
      assert.equal(await store.forgetEvents(now + 50, 10), 1);
      assert.deepEqual((await store.event(event.id))?.delivery?.delivery.body, allBytes);
      assert.equal(await store.forgetEvents(now + 200, 10), 1);
      assert.equal(await store.delivery(original.delivery!.delivery.id), undefined);
    });

    test('delivery ids and the feed are forgotten last, and the feed never counts backwards', async () => {
      await using opened = await open();
      const { store } = opened;
      for (let n = 0; n < 5; n++) await store.admit(sample({ deliveryId: `guid-${n}` }));
      const end = await store.feedEnd();
      // Feed items carry the time of their commit.
      const tomorrow = Date.now() + 86_400_000;
      assert.equal(await store.forgetDeliveryIds(now, 100), 0);
      assert.equal(await store.forgetDeliveryIds(tomorrow, 2), 2);
      assert.equal(await store.forgetDeliveryIds(tomorrow, 100), 3);
      assert.equal((await store.admit(sample({ deliveryId: 'guid-0' }))).result, 'admitted');
      const after = await store.feed(end, 10);
      assert.equal(after.length, 1);
      assert.ok((after[0]?.id ?? 0) > end);
    });
  });
}
