import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  array,
  asyncProperty,
  assert as check,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
} from 'fast-check';
import type { Concurrency } from '../domain/concurrency.ts';
import type { Delivery } from '../domain/delivery.ts';
import { blankEvent, type Event } from '../domain/event.ts';
import { deliveryId, type EventId, eventId, type RunId, runId } from '../domain/id.ts';
import type { LogChunk, LogLine } from '../domain/log.ts';
import { advance, type Ending, type News, patchKey, type Run, rerun } from '../domain/run.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Admission, EventFilter, OutboxEntry, Page, Store } from './store.ts';

export interface OpenedStore extends AsyncDisposable {
  readonly store: Store;
  /** Closes the store and opens it again on the same data. */
  reopen(): Promise<Store>;
}

/** What every store does. `open` gives an empty one each time. */
export function storeSuite(name: string, open: () => Promise<OpenedStore>): void {
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
        feed.map(item => (item.type === 'event' ? item.event : item.run)),
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

    test('A64 a new push of a patch voids what waits for, or has got, an approval; what runs goes on', async () => {
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

  describe(`store ${name}: outbox`, () => {
    test('an entry is taken by one, and again when it was neither settled nor postponed in time', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      const takes = await Promise.all(
        Array.from({ length: 10 }, () => store.takeOutbox('ticket', now, 5, now + 100)),
      );
      assert.deepEqual(takes.flat(), [
        {
          key: `ticket:${run.id}`,
          version: takes.flat()[0]?.version,
          tries: 0,
          kind: 'ticket',
          ticket: { run: run.id, pool: 'local' },
        },
      ]);
      assert.deepEqual(await store.takeOutbox('ticket', now + 99, 5, now + 200), []);
      assert.equal(await store.nextDue('ticket'), now + 100);
      const again = await store.takeOutbox('ticket', now + 100, 5, now + 200);
      assert.deepEqual(again, takes.flat());
      await Promise.all(again.map(entry => store.settle(entry)));
      assert.equal(await store.nextDue('ticket'), null);
    });

    test('gives the oldest first, of one kind, up to the limit', async () => {
      await using opened = await open();
      const { store } = opened;
      const runs: RunId[] = [];
      for (let n = 0; n < 5; n++) runs.push((await admitRun(store, { report: ['github'] })).id);
      const first = await store.takeOutbox('ticket', now, 3, later);
      const rest = await store.takeOutbox('ticket', now, 3, later);
      const taken = [...first, ...rest].map(entry => entry.kind === 'ticket' && entry.ticket.run);
      assert.deepEqual(taken, runs);
      // All speak of one subject, so that only the youngest run's report is left to be sent.
      assert.equal((await store.counts()).outbox, 6);
    });

    test('an entry is being sent while it is due or taken, and while what has replaced it is', async () => {
      await using opened = await open();
      const { store } = opened;
      assert.equal(await store.isSending('report', later), false);
      const run = await admitRun(store, { report: ['github'] });
      assert.equal(await store.isSending('report', now), true);
      const [entry] = await store.takeOutbox('report', now, 1, later);
      assert.ok(entry);
      assert.equal(await store.isSending('report', now), true);
      await amended(store, run.id, claim('box'));
      await store.settle(entry);
      assert.equal(await store.isSending('report', now), true);
      const [replaced] = await store.takeOutbox('report', now, 1, later);
      assert.ok(replaced);
      await store.postpone(replaced, now + 10, 'no answer');
      assert.equal(await store.isSending('report', now + 9), false);
      assert.equal(await store.isSending('report', now + 10), true);
      assert.equal(await store.isSending('ticket', now), true);
    });

    test('what was postponed is due then, with one try more and its error shown', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store, { report: ['github'] });
      const [entry] = await store.takeOutbox('report', now, 1, later);
      assert.ok(entry);
      await store.postpone(entry, now + 60, 'no answer');
      assert.deepEqual(await store.takeOutbox('report', now + 59, 1, later), []);
      assert.equal(await store.nextDue('report'), now + 60);
      const waiting = {
        reporter: 'github',
        state: 'waiting',
        tries: 1,
        error: 'no answer',
        nextTryAt: now + 60,
      };
      assert.deepEqual((await store.run(run.id))?.reports, [waiting]);
      const [again] = await store.takeOutbox('report', now + 60, 1, later);
      assert.deepEqual(again, { ...entry, tries: 1 });
      await store.settle(entry);
      assert.equal((await store.run(run.id))?.reports[0]?.state, 'sent');
    });

    test('what was given up is gone, and its error stays with the run', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store, { report: ['github', 'discord'] });
      const entries = await store.takeOutbox('report', now, 5, later);
      for (const entry of entries)
        if (entry.kind === 'report' && entry.report.reporter === 'github')
          await store.giveUp(entry, 'no rights');
        else await store.settle(entry);
      assert.equal(await store.nextDue('report'), null);
      assert.deepEqual((await store.run(run.id))?.reports, [
        { reporter: 'discord', state: 'sent', tries: 0, error: null, nextTryAt: null },
        { reporter: 'github', state: 'given up', tries: 1, error: 'no rights', nextTryAt: null },
      ]);
    });

    test('a newer state takes the place of an older one that was not sent', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store, { report: ['github'] });
      const [first] = await store.takeOutbox('report', now, 5, later);
      assert.ok(first);
      await store.postpone(first, later, 'no answer');
      await amended(store, run.id, claim('box'));
      const finished = await amended(store, run.id, finish(1));
      const [entry, ...others] = await store.takeOutbox('report', now, 5, later);
      assert.deepEqual(others, []);
      assert.ok(entry?.kind === 'report' && entry.version > first.version);
      assert.equal(entry.tries, 0);
      assert.deepEqual(entry.report.status, finished.status);
      assert.equal(entry.report.version, finished.version);
    });

    for (const end of ['settle', 'postpone', 'giveUp'] as const)
      test(`what was replaced while it was sent waits for its end (${end}), and is due at once then`, async () => {
        await using opened = await open();
        const { store } = opened;
        const run = await admitRun(store, { report: ['github'] });
        const [sending] = await store.takeOutbox('report', now, 5, later);
        assert.ok(sending);
        const claimed = await amended(store, run.id, claim('box'));
        assert.deepEqual(await store.takeOutbox('report', now, 5, later), []);
        if (end === 'settle') await store.settle(sending);
        if (end === 'postpone') await store.postpone(sending, later, 'no answer');
        if (end === 'giveUp') await store.giveUp(sending, 'no rights');
        assert.deepEqual((await store.run(run.id))?.reports, [
          { reporter: 'github', state: 'waiting', tries: 0, error: null, nextTryAt: null },
        ]);
        const [next] = await store.takeOutbox('report', now, 5, later);
        assert.ok(next?.kind === 'report');
        assert.equal(next.report.version, claimed.version);
      });

    test('who settles too late does not settle what has come since', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store, { report: ['github'] });
      const [slow] = await store.takeOutbox('report', now, 5, now + 10);
      const [quick] = await store.takeOutbox('report', now + 10, 5, now + 20);
      assert.ok(slow && quick);
      await store.settle(quick);
      await amended(store, run.id, claim('box'));
      await store.settle(slow);
      assert.equal((await store.run(run.id))?.reports[0]?.state, 'waiting');
      assert.equal((await store.takeOutbox('report', now + 20, 5, later)).length, 1);
    });

    test('a report of an older run never follows that of a younger one, not even when that one is sent', async () => {
      await using opened = await open();
      const { store } = opened;
      const old = await admitRun(store, { report: ['github'] });
      const young = await admitRun(store, { report: ['github'] });
      assert.equal((await store.run(old.id))?.reports[0]?.state, 'replaced');
      await amended(store, old.id, claim('box'));
      const told = await drain(store);
      assert.deepEqual(
        told.map(entry => entry.kind === 'report' && entry.report.run),
        [young.id],
      );
      await amended(store, old.id, finish(1));
      assert.deepEqual(await drain(store), []);
      assert.equal((await store.run(old.id))?.reports[0]?.state, 'replaced');
      assert.equal((await store.run(young.id))?.reports[0]?.state, 'sent');
      const again = await opened.reopen();
      await amended(again, young.id, claim('box'));
      assert.equal((await drain(again)).length, 1);
    });

    test('reports on different subjects do not meet', async () => {
      await using opened = await open();
      const { store } = opened;
      await admitRun(store, { report: ['github', 'discord'] });
      await admitRun(store, { report: ['github'], after: 'd'.repeat(40) });
      await admitRun(store, { report: ['github'], rule: 'lint' });
      assert.equal((await drain(store)).length, 4);
    });

    test('all queued runs get their tickets again', async () => {
      await using opened = await open();
      const { store } = opened;
      const queued: RunId[] = [];
      for (let n = 0; n < 7; n++) queued.push((await admitRun(store)).id);
      const started = await admitRun(store);
      await admitRun(store, { blocked: true });
      assert.equal((await tickets(store)).length, 8);
      await amended(store, started.id, claim('box'));
      assert.equal(await store.ticketAgain(), 7);
      assert.deepEqual(await tickets(store), queued);
    });

    test('a ticket written while the old one is sent is sent too', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store);
      const [sending] = await store.takeOutbox('ticket', now, 5, later);
      assert.ok(sending);
      await amended(store, run.id, claim('box'));
      await amended(store, run.id, { kind: 'agent-gone', agent: 'box', at: now, reason: 'died' });
      await store.settle(sending);
      assert.deepEqual(await tickets(store), [run.id]);
    });

    test('any order of news, sending and failing: told in order, one at a time, and in the end the last state', async () => {
      await using opened = await open();
      const { store } = opened;
      const step = oneof(
        {
          weight: 3,
          arbitrary: record({
            do: constant('news' as const),
            run: integer({ min: 0, max: 2 }),
            news: anyNews,
          }),
        },
        record({ do: constantFrom('take', 'settle', 'postpone', 'giveUp') }),
      );
      let subject = 0;
      await check(
        asyncProperty(array(step, { maxLength: 40 }), async steps => {
          const after = String(++subject).padStart(40, '0');
          const runs: Run[] = [];
          for (let n = 0; n < 3; n++) runs.push(await admitRun(store, { report: ['github'], after }));
          let held: OutboxEntry | undefined;
          let told: readonly [string, number] = ['', 0];
          const take = async (): Promise<void> => {
            const taken = await store.takeOutbox('report', now, 5, later);
            assert.ok(taken.length <= (held === undefined ? 1 : 0), 'two reports on one subject at a time');
            const [entry] = taken;
            if (entry?.kind !== 'report') return;
            const { run, version } = entry.report;
            assert.ok(
              run > told[0] || (run === told[0] && version >= told[1]),
              'an older state after a newer one',
            );
            told = [run, version];
            held = entry;
          };
          for (const step of steps)
            if (step.do === 'news') {
              const run = runs[step.run];
              assert.ok(run);
              runs[step.run] = advance(run, step.news);
              await store.amend(run.id, step.news);
            } else if (step.do === 'take') await take();
            else if (held !== undefined) {
              if (step.do === 'settle') await store.settle(held);
              if (step.do === 'postpone') await store.postpone(held, now, 'no answer');
              if (step.do === 'giveUp') await store.giveUp(held, 'no rights');
              held = undefined;
            }
          if (held !== undefined) await store.settle(held);
          held = undefined;
          for (let left = true; left; ) {
            await take();
            left = held !== undefined;
            if (held !== undefined) await store.settle(held);
            held = undefined;
          }
          const youngest = runs[2];
          const [state] = (await store.run(youngest!.id))?.reports ?? [];
          assert.ok(state?.state === 'given up' || state?.state === 'sent');
          if (state.state === 'sent') assert.deepEqual(told, [youngest?.id, youngest?.version]);
        }),
        { numRuns: 50 },
      );
    });
  });

  describe(`store ${name}: logs`, () => {
    test('lines are numbered through all chunks, with stream and time', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = runId(unique());
      await store.appendLog(run, chunk(1, 'one\ntwo\n'));
      await store.appendLog(run, chunk(2, 'oops\n', { stream: 'stderr', at: 8 }));
      await store.appendLog(run, chunk(3, 'last words'));
      const expected: LogLine[] = [
        { seq: 1, at: 7, stream: 'stdout', text: 'one' },
        { seq: 2, at: 7, stream: 'stdout', text: 'two' },
        { seq: 3, at: 8, stream: 'stderr', text: 'oops' },
        { seq: 4, at: 7, stream: 'stdout', text: 'last words' },
      ];
      assert.deepEqual(await store.log(run, 0, 100), expected);
      assert.deepEqual(await store.log(run, 1, 2), expected.slice(1, 3));
      assert.deepEqual(await store.log(run, 4, 100), []);
      assert.deepEqual(await store.log(run, 400, 100), []);
      await store.syncLog(run);
      assert.deepEqual(await (await opened.reopen()).log(run, 0, 100), expected);
    });

    test('a run that printed nothing has an empty log', async () => {
      await using opened = await open();
      const run = runId(unique());
      await opened.store.syncLog(run);
      assert.deepEqual(await opened.store.log(run, 0, 10), []);
      assert.deepEqual(await raw(opened.store, run), bytes(''));
    });

    test('bytes stay as they were printed; as lines they are readable', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = runId(unique());
      const printed = Buffer.concat([
        bytes('windows\r\n10 %\r50 %\r\n\n'),
        Buffer.from([0, 0xff, 0xc3, 0x28, 10]),
        bytes('\ufeffgrün\n'),
      ]);
      await store.appendLog(run, { ...chunk(1, ''), bytes: printed });
      assert.deepEqual(await raw(store, run), new Uint8Array(printed));
      assert.deepEqual(
        (await store.log(run, 0, 10)).map(({ text }) => text),
        ['windows', '10 %\r50 %', '', '\0\ufffd\ufffd(', '\ufeffgrün'],
      );
    });

    test('a repeated chunk counts once, also after a restart; one of an older attempt does not count', async () => {
      await using opened = await open();
      const run = runId(unique());
      await opened.store.appendLog(run, chunk(1, 'a\n'));
      await opened.store.appendLog(run, chunk(2, 'b\n'));
      await opened.store.appendLog(run, chunk(1, 'a\n'));
      const store = await opened.reopen();
      await store.appendLog(run, chunk(2, 'b\n'));
      await store.appendLog(run, chunk(3, 'c\n'));
      assert.deepEqual(await texts(store, run), ['a', 'b', 'c']);
      await store.appendLog(run, chunk(1, 'd\n', { attempt: 2 }));
      await store.appendLog(run, chunk(4, 'late\n'));
      const [gap] = (await store.log(run, 3, 1)).filter(({ stream }) => stream === 'system');
      assert.match(gap?.text ?? '', /attempt 1 was lost/);
      assert.deepEqual((await texts(store, run)).slice(4), ['d']);
    });

    test('what never arrived is marked where it is missing', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = runId(unique());
      await store.appendLog(run, chunk(1, 'a\n'));
      await store.appendLog(run, chunk(3, 'c\n'));
      await store.appendLog(run, chunk(4, 'd\n'));
      const lines = await store.log(run, 0, 10);
      assert.deepEqual(
        lines.map(({ stream }) => stream),
        ['stdout', 'system', 'stdout', 'stdout'],
      );
      assert.match(lines[1]?.text ?? '', /output is missing here/);
    });

    test('chunks that come at the same time keep their order, in each of many logs', async () => {
      await using opened = await open();
      const { store } = opened;
      const runs = Array.from({ length: 100 }, () => runId(unique()));
      const appended: Promise<void>[] = [];
      for (let n = 1; n <= 20; n++)
        for (const run of runs) appended.push(store.appendLog(run, chunk(n, `line ${n}\n`)));
      await Promise.all(appended);
      const expected = Array.from({ length: 20 }, (_, n) => `line ${n + 1}`);
      for (const run of runs) assert.deepEqual(await texts(store, run), expected);
    });

    test('a long log is read page by page from anywhere', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = runId(unique());
      let last = 0;
      for (let n = 1; n <= 200; n++) {
        const lines = Array.from({ length: 500 + (n % 7) }, () => `this is line ${++last}\n`);
        await store.appendLog(run, chunk(n, lines.join('')));
      }
      for (const after of [0, 1, 499, 500, 501, 54_321, last - 1]) {
        const page = await store.log(run, after, 700);
        assert.deepEqual(
          page,
          Array.from({ length: Math.min(700, last - after) }, (_, n) => ({
            seq: after + n + 1,
            at: 7,
            stream: 'stdout',
            text: `this is line ${after + n + 1}`,
          })),
        );
      }
    });

    test('a page of very long lines is shorter, and the next one goes on', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = runId(unique());
      const long = 'x'.repeat(60_000);
      for (let n = 1; n <= 200; n++) await store.appendLog(run, chunk(n, `${n} ${long}\n`));
      const seen: LogLine[] = [];
      for (let page = await store.log(run, 0, 1000); page.length > 0; ) {
        assert.ok(page.length < 200);
        seen.push(...page);
        page = await store.log(run, seen.length, 1000);
      }
      assert.deepEqual(
        seen.map(({ seq, text }) => seq === Number(text.split(' ', 1)[0])),
        Array(200).fill(true),
      );
    });
  });

  describe(`store ${name}: questions`, () => {
    test('the feed is read on from any item, in the order of commits', async () => {
      await using opened = await open();
      const { store } = opened;
      assert.equal(await store.feedEnd(), 0);
      assert.deepEqual(await store.feed(0, 10), []);
      const admitted: EventId[] = [];
      const floods = Array.from({ length: 4 }, async () => {
        for (let n = 0; n < 25; n++) {
          const admission = sample();
          await store.admit(admission);
          admitted.push(admission.event.id);
        }
      });
      await Promise.all(floods);
      const read: number[] = [];
      const events: string[] = [];
      for (let page = await store.feed(0, 7); page.length > 0; page = await store.feed(read.at(-1) ?? 0, 7))
        for (const item of page) {
          read.push(item.id);
          if (item.type === 'event') events.push(item.event);
        }
      assert.deepEqual(
        read,
        read.toSorted((a, b) => a - b),
      );
      assert.equal(new Set(read).size, 100);
      assert.deepEqual(events.toSorted(), admitted.toSorted());
      assert.equal(await store.feedEnd(), read.at(-1));
    });

    test('events come newest first, filtered, page by page', async () => {
      await using opened = await open();
      const { store } = opened;
      const events: Event[] = [];
      for (let n = 0; n < 24; n++) {
        const source = n % 2 ? 'github' : 'gitea';
        const type = n % 3 ? 'push' : 'tag';
        const repo = n % 4 ? 'acme/app' : 'acme/web';
        const admission = sample({ source, type, repo, runs: n === 3 ? 1 : 0 });
        await store.admit(admission);
        events.unshift(admission.event);
      }
      for (const source of [null, 'github', 'nowhere'])
        for (const type of [null, 'tag'] as const)
          for (const repo of [null, 'acme/app']) {
            const filter: EventFilter = { source, type, repo };
            const expected = events.filter(
              event =>
                (source === null || event.source === source) &&
                (type === null || event.type === type) &&
                (repo === null || event.repo?.name === repo),
            );
            const read: Event[] = [];
            for (let page: Page | null = { limit: 5, after: null }; page !== null; ) {
              const { items, next } = await store.events(filter, page);
              read.push(...items.map(({ event }) => event));
              page = next === null ? null : { limit: 5, after: next };
            }
            assert.deepEqual(read, expected);
          }
      const { items } = await store.events(anyEvent, { limit: 100, after: null });
      assert.deepEqual(items.flatMap(item => item.verdicts).filter(({ runs }) => runs.length > 0).length, 1);
      assert.deepEqual(Object.keys(items[0]?.verdicts[0] ?? {}).toSorted(), [
        'reason',
        'rule',
        'runs',
        'verdict',
      ]);
      await assert.rejects(store.events(anyEvent, { limit: 1, after: "x'; --" }), { code: 'invalid' });
    });

    test('runs come newest first, filtered, page by page', async () => {
      await using opened = await open();
      const { store } = opened;
      const runs: Run[] = [];
      for (let n = 0; n < 12; n++) {
        let run = await admitRun(store, { rule: n % 2 ? 'test' : 'lint', blocked: n % 3 === 0 });
        if (n % 6 === 1) run = await amended(store, run.id, claim('box'));
        runs.unshift(run);
      }
      const event = runs[5]?.event ?? null;
      for (const filter of [
        anyRun,
        { ...anyRun, rule: 'test' },
        { ...anyRun, state: 'running' as const },
        { ...anyRun, event },
        { state: 'queued' as const, rule: 'test', event: null },
      ]) {
        const expected = runs.filter(
          run =>
            (filter.state === null || run.status.state === filter.state) &&
            (filter.rule === null || run.rule === filter.rule) &&
            (filter.event === null || run.event === filter.event),
        );
        const first = await store.runs(filter, { limit: 4, after: null });
        const second =
          first.next === null ? [] : (await store.runs(filter, { limit: 100, after: first.next })).items;
        assert.deepEqual([...first.items, ...second], expected);
      }
    });

    test('a repository is remembered as its latest event has named it', async () => {
      await using opened = await open();
      const { store } = opened;
      assert.equal(await store.repo('acme/app'), null);
      await store.admit(sample());
      const moved = { ...repoNamed('acme/app'), url: 'https://example.org/acme/app', defaultBranch: 'trunk' };
      const admission = sample();
      await store.admit({ ...admission, event: { ...admission.event, repo: moved } });
      await store.admit(sample({ repo: 'acme/web' }));
      assert.deepEqual(await store.repo('acme/app'), moved);
    });

    test('counts what waits', async () => {
      await using opened = await open();
      const { store } = opened;
      const none = { queued: 0, running: 0, blocked: 0, outbox: 0, oldestQueuedAt: null };
      assert.deepEqual(await store.counts(), none);
      for (let n = 0; n < 3; n++) await admitRun(store);
      await admitRun(store, { blocked: true });
      const started = await admitRun(store);
      await amended(store, started.id, claim('box'));
      assert.deepEqual(await store.counts(), {
        queued: 3,
        running: 1,
        blocked: 1,
        outbox: 4,
        oldestQueuedAt: now,
      });
    });

    test('tokens are kept, shown, used and revoked', async () => {
      await using opened = await open();
      const token = { name: 'laptop', hash: 'a'.repeat(64), createdAt: now, lastUsedAt: null };
      await opened.store.addToken(token);
      await assert.rejects(opened.store.addToken({ ...token, hash: 'b' }), { code: 'conflict' });
      assert.deepEqual(await opened.store.tokens(), [token]);
      opened.store.touchToken(token.hash, now + 1);
      opened.store.touchToken('unknown', now + 1);
      opened.store.touchToken(token.hash, now + 2);
      const store = await opened.reopen();
      assert.deepEqual(await store.tokens(), [{ ...token, lastUsedAt: now + 2 }]);
      assert.equal(await store.revokeToken('laptop'), true);
      assert.equal(await store.revokeToken('laptop'), false);
      assert.deepEqual(await store.tokens(), []);
    });
  });

  describe(`store ${name}: retention`, () => {
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

    test('takes no more than it is told, the oldest first', async () => {
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
      assert.equal(await store.forgetLogs({ before: 0, totalBytes: 33 }, 10), 0);
      assert.equal(await store.forgetLogs({ before: 0, totalBytes: 25 }, 10), 1);
      assert.deepEqual(await lines(), [0, 1, 1, 1]);
      assert.equal(await store.forgetLogs({ before: later, totalBytes: 100 }, 10), 2);
      assert.deepEqual(await lines(), [0, 0, 0, 1]);
      assert.equal(await store.forgetLogs({ before: later, totalBytes: 0 }, 10), 0);
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

/** A fixed time: nothing here depends on what the clock says. */
const now = 1_700_000_000_000;
const later = now + 1_000_000;
const firstPage: Page = { limit: 100, after: null };
const anyEvent: EventFilter = { source: null, type: null, repo: null };
const anyRun = { state: null, rule: null, event: null };
const allBytes = Uint8Array.from({ length: 256 }, (_, n) => n);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let made = 0;
const unique = (): string => String(++made).padStart(26, '0');

const repoNamed = (name: string) => ({
  forge: 'github',
  name,
  url: `https://github.com/${name}.git`,
  defaultBranch: 'main',
});

interface Wishes {
  readonly source?: string;
  readonly type?: 'push' | 'tag';
  readonly repo?: string;
  readonly deliveryId?: string | null;
  readonly body?: Uint8Array;
  readonly receivedAt?: number;
  readonly after?: string;
  readonly runs?: number;
  readonly rule?: string;
  readonly blocked?: boolean;
  readonly report?: readonly string[];
  readonly retryLost?: number;
  readonly concurrency?: Concurrency;
  readonly patch?: { readonly number: string; readonly action: string };
}

/** An admission of a push that one rule has judged. */
function sample(wishes: Wishes = {}): Admission {
  const { source = 'github', body = allBytes, rule = 'test', receivedAt = now } = wishes;
  const delivery: Delivery = {
    id: deliveryId(unique()),
    source,
    receivedAt,
    peer: '192.0.2.7',
    method: 'POST',
    path: '/github?x=1',
    headers: [
      ['content-type', 'application/json'],
      ['x-twice', '1'],
      ['x-twice', '2'],
    ],
    body,
  };
  const event: Event = {
    ...blankEvent(wishes.type ?? 'push'),
    id: eventId(unique()),
    source,
    delivery: delivery.id,
    deliveryId: wishes.deliveryId === undefined ? unique() : wishes.deliveryId,
    receivedAt,
    replayOf: null,
    repo: repoNamed(wishes.repo ?? 'acme/app'),
    ref: 'refs/heads/main',
    branch: 'main',
    after: wishes.after ?? 'b'.repeat(40),
    ...(wishes.patch === undefined ? {} : patchOf(wishes.patch)),
  };
  const matched = (wishes.runs ?? 0) > 0;
  const verdict: Verdict = {
    rule,
    verdict: matched ? 'matched' : 'not matched',
    reason: 'branch "main"',
    explanation: {
      holds: matched,
      text: 'all',
      seen: null,
      error: false,
      parts: [{ holds: matched, text: 'branch "main"', seen: 'main', error: false, parts: [] }],
    },
  };
  return {
    delivery: { delivery, authentication: { result: 'verified', by: 'hmac', secret: '1 of 1' } },
    event,
    verdicts: [verdict],
    runs: Array.from({ length: wishes.runs ?? 0 }, () => runOf(event, rule, wishes)),
    position: null,
  };
}

function patchOf({ number, action }: NonNullable<Wishes['patch']>): Partial<Event> {
  return {
    type: 'patch',
    action,
    patch: {
      number,
      title: 'Teach it',
      url: null,
      from: { repo: 'stranger/app', branch: 'patch-1' },
      fromFork: true,
      draft: false,
      author: { id: '7', name: 'stranger' },
      authorIsMember: false,
    },
  };
}

function runOf(event: Event, rule: string, wishes: Wishes): Run {
  return {
    id: runId(unique()),
    event: event.id,
    rule,
    queuedAt: event.receivedAt,
    plan: {
      action: { kind: 'command', command: { shell: 'npm test' } },
      repo: event.repo,
      revision: { url: 'https://github.com/acme/app.git', ref: 'refs/heads/main', sha: event.after },
      env: { NODE_ENV: 'test' },
      secrets: ['NPM_TOKEN'],
      pool: 'local',
      timeoutMs: 60_000,
      retryLost: wishes.retryLost ?? 2,
      concurrency: wishes.concurrency ?? null,
      approvalOf: wishes.blocked === true ? patchKey(event) : null,
      blockedBy: wishes.blocked === true ? 'from a fork' : null,
      report: wishes.report ?? [],
    },
    rerunOf: null,
    attempt: 0,
    version: 1,
    status: wishes.blocked ? { state: 'blocked', reason: 'from a fork' } : { state: 'queued', reason: null },
  };
}

async function admitRun(store: Store, wishes: Wishes = {}): Promise<Run> {
  const admission = sample({ ...wishes, runs: 1 });
  await store.admit(admission);
  const [run] = admission.runs;
  assert.ok(run);
  return run;
}

async function amended(store: Store, run: RunId, news: News): Promise<Run> {
  const answer = await store.amend(run, news);
  assert.ok(answer.result === 'amended', `${news.kind} is ${answer.result}`);
  return answer.run;
}

const claim = (agent: string, leaseUntil = later): News => ({
  kind: 'claimed',
  agent,
  claim: `of ${agent}`,
  at: now,
  leaseUntil,
});
const alive = (attempt: number, agent: string, leaseUntil: number): News => ({
  kind: 'alive',
  attempt,
  agent,
  leaseUntil,
});
const finish = (attempt: number, outcome: Ending['outcome'] = 'success', exitCode = 0): News => ({
  kind: 'finished',
  attempt,
  at: now + 5,
  ending: { outcome, exitCode, reason: null },
});

const attempts = integer({ min: 0, max: 3 });
const agents = constantFrom('box-1', 'box-2');
const times = integer({ min: now, max: now + 50 });
const anyNews = oneof(
  record({
    kind: constant('claimed' as const),
    agent: agents,
    claim: constant('a claim'),
    at: times,
    leaseUntil: times,
  }),
  record({ kind: constant('alive' as const), attempt: attempts, agent: agents, leaseUntil: times }),
  record({ kind: constant('superseded' as const), reason: constant('newer'), at: times }),
  record({ kind: constant('resolved' as const), attempt: attempts, sha: constant('e'.repeat(40)) }),
  record({
    kind: constant('finished' as const),
    attempt: attempts,
    at: times,
    ending: record({
      outcome: constantFrom('success' as const, 'failure' as const, 'cancelled' as const),
      exitCode: constantFrom(null, 0, 2),
      reason: constant(null),
    }),
  }),
  record({ kind: constant('approved' as const), by: constant('ann') }),
  record({ kind: constant('cancelled' as const), by: constant('ann'), at: times }),
  record({ kind: constant('lease-checked' as const), at: times }),
  record({ kind: constant('agent-gone' as const), agent: agents, at: times, reason: constant('died') }),
);

/** Takes and settles all entries of a kind that are due. */
async function drain(store: Store, kind: OutboxEntry['kind'] = 'report'): Promise<OutboxEntry[]> {
  const told: OutboxEntry[] = [];
  for (;;) {
    const taken = await store.takeOutbox(kind, now, 10, later);
    if (taken.length === 0) return told;
    for (const entry of taken) await store.settle(entry);
    told.push(...taken);
  }
}

/** The runs of the tickets that are due, settled. */
async function tickets(store: Store): Promise<RunId[]> {
  return (await drain(store, 'ticket')).flatMap(entry => (entry.kind === 'ticket' ? [entry.ticket.run] : []));
}

const chunk = (sequence: number, text: string, others: Partial<LogChunk> = {}): LogChunk => ({
  attempt: 1,
  sequence,
  at: 7,
  stream: 'stdout',
  bytes: bytes(text),
  ...others,
});

async function texts(store: Store, run: RunId): Promise<string[]> {
  return (await store.log(run, 0, 10_000)).map(({ text }) => text);
}

async function raw(store: Store, run: RunId): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.rawLog(run)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}
