import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import { eventId, runId } from '../../domain/id.ts';
import { rerun } from '../../domain/run.ts';
import type { Admission } from '../store.ts';
import { tickets } from './acts.suite.ts';
import type { OpenStore } from './open-store.suite.ts';
import { allBytes, anyEvent, anyRun, bytes, firstPage, now, sample, unique } from './samples.suite.ts';

/** What a store keeps of deliveries, events and their runs. */
export function factsSuite(name: string, open: OpenStore): void {
  describe(`store ${name}: facts`, () => {
    test('an admitted event is there with its bytes, verdicts and runs, also after a restart', async () => {
      await using opened = await open();
      const admission = sample({ runs: 1 });
      const [run] = admission.runs;
      assert.ok(run && admission.delivery);
      assert.deepEqual(await opened.store.admit(admission), {
        result: 'admitted',
        runs: [run],
        superseded: [],
      });
      const store = await opened.reopen();

      const found = await store.event(admission.event.id);
      assert.deepEqual(found, {
        event: admission.event,
        verdicts: admission.verdicts.map(verdict => ({ ...verdict, runs: [run.id] })),
        duplicates: [],
        delivery: { ...admission.delivery, delivery: { ...admission.delivery.delivery, body: allBytes } },
      });
      assert.deepEqual(await store.bareEvent(admission.event.id), admission.event);
      assert.equal(await store.bareEvent(eventId(unique())), undefined);
      assert.deepEqual(await store.delivery(admission.delivery.delivery.id), found?.delivery);
      assert.deepEqual(await store.run(run.id), { run, attempts: [], reports: [] });
      assert.deepEqual(await tickets(store), [run.id]);
      const feed = await store.feed(0, 10);
      assert.deepEqual(
        feed.map(item => (item.type === 'event' ? item.event : item.type === 'run' && item.run)),
        [admission.event.id, run.id],
      );
    });

    test('an event needs no bytes, no verdicts and no runs', async () => {
      await using opened = await open();
      const event = { ...sample().event, delivery: null, deliveryId: null, repo: null };
      const bare = { event, delivery: null, verdicts: [], runs: [], position: null };
      await opened.store.admit(bare);
      assert.deepEqual(await opened.store.event(event.id), {
        event,
        verdicts: [],
        duplicates: [],
        delivery: null,
      });
    });

    test('the caller may use its buffer again as soon as the call is made', async () => {
      await using opened = await open();
      const body = Buffer.from('first');
      const admission = sample({ body });
      const admitted = opened.store.admit(admission);
      body.fill('x');
      await admitted;
      const found = await opened.store.event(admission.event.id);
      assert.deepEqual(found?.delivery?.delivery.body, bytes('first'));
    });

    test('an admission that fails leaves nothing, and does not hurt those that share its commit', async () => {
      await using opened = await open();
      const { store } = opened;
      const before = sample({ runs: 1 });
      const after = sample({ runs: 1 });
      const broken = sample({ runs: 2 });
      const [first] = broken.runs;
      assert.ok(first);
      // The same run twice: its second row cannot be stored.
      const failing = { ...broken, runs: [first, first] };
      const results = await Promise.allSettled([
        store.admit(before),
        store.admit(failing),
        store.addRun({ ...first, event: eventId(unique()) }),
        store.admit(after),
      ]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
      );
      assert.equal(await store.event(broken.event.id), undefined);
      assert.equal(await store.delivery(broken.delivery!.delivery.id), undefined);
      assert.equal(await store.run(first.id), undefined);
      assert.deepEqual(await tickets(store), [before.runs[0]?.id, after.runs[0]?.id]);
      // Its delivery id is not taken either.
      assert.equal((await store.admit(broken)).result, 'admitted');
    });

    test('A10: of a hundred copies at once one is admitted, and the others are known', async () => {
      await using opened = await open();
      const { store } = opened;
      const copies = Array.from({ length: 100 }, () => sample({ deliveryId: 'guid-1', runs: 1 }));
      const admitted = await Promise.all(copies.map(copy => store.admit(copy)));
      const winner = copies[admitted.findIndex(({ result }) => result === 'admitted')];
      assert.ok(winner);
      const event = winner.event.id;
      const known = { result: 'known', event, runs: [winner.runs[0]?.id], conflict: false } as const;
      assert.deepEqual(
        admitted.filter(({ result }) => result === 'known'),
        Array.from({ length: 99 }, () => known),
      );
      assert.equal((await store.events(anyEvent, firstPage)).items.length, 1);
      assert.equal((await store.runs(anyRun, firstPage)).items.length, 1);
      assert.equal((await store.event(event))?.duplicates.length, 99);
      const feed = await store.feed(0, 1000);
      assert.equal(
        feed.filter(item => item.type === 'event' && item.duplicate && item.event === event).length,
        99,
      );
      assert.deepEqual(await tickets(store), known.runs);
    });

    test('A11: a copy with another body is a conflict, and starts nothing; the same id at another source is not a copy', async () => {
      await using opened = await open();
      const { store } = opened;
      const first = sample({ deliveryId: 'guid-1' });
      await store.admit(first);
      const forged = sample({ deliveryId: 'guid-1', body: bytes('something else'), runs: 1 });
      const known = { result: 'known', event: first.event.id, runs: [], conflict: true } as const;
      assert.deepEqual(await store.admit(forged), known);
      assert.deepEqual((await store.event(first.event.id))?.duplicates, [
        { receivedAt: forged.event.receivedAt, conflict: true },
      ]);
      assert.deepEqual((await store.runs(anyRun, firstPage)).items, []);
      assert.equal((await store.admit(sample({ deliveryId: 'guid-1', source: 'gitea' }))).result, 'admitted');
      assert.equal((await store.admit(sample({ deliveryId: 'GUID-1' }))).result, 'admitted');
    });

    test('a delivery id is known from its first event on, at its own source', async () => {
      await using opened = await open();
      const { store } = opened;
      assert.equal(await store.isKnown('github', 'guid-1'), false);
      await store.admit(sample({ deliveryId: 'guid-1' }));
      assert.equal(await store.isKnown('github', 'guid-1'), true);
      assert.equal(await store.isKnown('gitea', 'guid-1'), false);
    });

    test('what was fetched is known by its id; its bytes are not the sender’s, and so no conflict', async () => {
      await using opened = await open();
      const { store } = opened;
      const fetched = (admission: Admission): Admission => ({
        ...admission,
        delivery: admission.delivery && {
          ...admission.delivery,
          authentication: { result: 'fetched', from: 'https://api.example.org' },
        },
      });
      const late = sample({ deliveryId: 'a', body: bytes('as it was sent') });
      await store.admit(fetched(sample({ deliveryId: 'a' })));
      const known = await store.admit(late);
      assert.ok(known.result === 'known' && !known.conflict);
      await store.admit(sample({ deliveryId: 'b', body: bytes('as it was sent') }));
      const again = await store.admit(fetched(sample({ deliveryId: 'b' })));
      assert.ok(again.result === 'known' && !again.conflict);
      assert.deepEqual(await store.knownDeliveries('github', ['c', 'b', 'a', 'A']), ['b', 'a']);
      assert.deepEqual(await store.knownDeliveries('gitea', ['a']), []);
    });

    test('events without a delivery id are never copies', async () => {
      await using opened = await open();
      for (let n = 0; n < 2; n++)
        assert.equal((await opened.store.admit(sample({ deliveryId: null }))).result, 'admitted');
    });

    test('a source stands where its last event has put it, known or not', async () => {
      await using opened = await open();
      const { store } = opened;
      assert.equal(await store.position('stream'), null);
      const position = { source: 'stream', position: { cursor: [1, null] } };
      await store.admit({ ...sample({ deliveryId: 'a' }), position });
      assert.deepEqual(await store.position('stream'), position.position);
      await store.admit({ ...sample({ deliveryId: 'a' }), position: { source: 'stream', position: 7 } });
      assert.equal(await store.position('stream'), 7);
      await store.keepPosition({ source: 'stream', position: null });
      assert.equal(await store.position('stream'), null);
    });

    test('what is kept first under a name stays, whoever comes later', async () => {
      await using opened = await open();
      const all = await Promise.all(
        [1, 2, 3].map(n => opened.store.keepFirst({ source: 'secret', position: `of ${n}` })),
      );
      assert.equal(new Set(all).size, 1);
      const store = await opened.reopen();
      assert.equal(await store.keepFirst({ source: 'secret', position: 'later' }), all[0]);
      assert.equal(await store.position('secret'), all[0]);
    });

    test('of a refused delivery everything is kept but its body', async () => {
      await using opened = await open();
      const { body, ...delivery } = sample().delivery!.delivery;
      const why = {
        status: 401,
        reason: 'wrong signature',
        authentication: { result: 'refused', by: 'hmac', reason: 'no secret matches' },
      } as const;
      opened.store.refuse({ delivery, body, ...why });
      opened.store.refuse({ delivery: { ...delivery, path: '/second' }, body: bytes(''), ...why });
      const store = await opened.reopen();
      const { items, next } = await store.refusals({ limit: 1, after: null });
      assert.equal(items[0]?.delivery.path, '/second');
      assert.equal(items[0]?.bodyBytes, 0);
      const older = await store.refusals({ limit: 1, after: next });
      const bodyHash = hash('sha256', body, 'hex');
      assert.deepEqual(older, { items: [{ delivery, bodyBytes: 256, bodyHash, ...why }], next: null });
    });

    test('a flood of refusals keeps the newest', async () => {
      await using opened = await open();
      const { body, ...delivery } = sample().delivery!.delivery;
      const authentication = { result: 'not required', reason: 'test' } as const;
      for (let n = 0; n < 3_000; n++)
        opened.store.refuse({ delivery, body, status: 400, reason: String(n), authentication });
      const store = await opened.reopen();
      const { items } = await store.refusals({ limit: 1, after: null });
      assert.equal(items[0]?.reason, '2999');
    });

    test('a run can be added to a stored event, with all that follows from a run', async () => {
      await using opened = await open();
      const { store } = opened;
      const admission = sample({ runs: 1, report: ['github'] });
      const [run] = admission.runs;
      assert.ok(run);
      await store.admit(admission);
      const end = await store.feedEnd();
      const again = rerun(run, { id: runId(unique()), at: now, blockedBy: null });
      await store.addRun(again);
      assert.deepEqual((await store.run(again.id))?.run, again);
      assert.deepEqual((await store.event(admission.event.id))?.verdicts[0]?.runs, [run.id, again.id]);
      assert.deepEqual(await tickets(store), [run.id, again.id]);
      assert.equal((await store.feed(end, 10)).length, 1);
      assert.equal((await store.run(again.id))?.reports[0]?.state, 'waiting');
      const orphan = rerun(run, { id: runId(unique()), at: now, blockedBy: null });
      await assert.rejects(store.addRun({ ...orphan, event: eventId(unique()) }), { code: 'not_found' });
    });

    test('after it is closed, what was asked before is done, and what comes then is refused', async () => {
      await using opened = await open();
      const { store } = opened;
      const early = [sample(), sample()];
      const admitted = Promise.all(early.map(admission => store.admit(admission)));
      const again = await opened.reopen();
      await admitted;
      for (const { event } of early) assert.ok(await again.event(event.id));
      await assert.rejects(store.admit(sample()), { code: 'unavailable' });
    });
  });
}
