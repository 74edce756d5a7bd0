import assert from 'node:assert/strict';
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
import type { RunId } from '../../domain/id.ts';
import { advance, type Run } from '../../domain/run.ts';
import type { OutboxEntry } from '../store.ts';
import { admitRun, amended, claim, drain, finish, tickets } from './acts.suite.ts';
import { anyNews } from './any-news.suite.ts';
import type { OpenStore } from './open-store.suite.ts';
import { later, now } from './samples.suite.ts';

/** How tickets and reports wait to be sent. */
export function outboxSuite(name: string, open: OpenStore): void {
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
        sentAt: null,
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
      const reports = (await store.run(run.id))?.reports;
      const sentAt = reports?.[0]?.sentAt;
      assert.ok(typeof sentAt === 'number');
      assert.deepEqual(reports, [
        { reporter: 'discord', state: 'sent', tries: 0, error: null, nextTryAt: null, sentAt },
        {
          reporter: 'github',
          state: 'given up',
          tries: 1,
          error: 'no rights',
          nextTryAt: null,
          sentAt: null,
        },
      ]);
    });

    test('when the outside heard is known until there is more to hear', async () => {
      await using opened = await open();
      const { store } = opened;
      const run = await admitRun(store, { report: ['github'] });
      const [entry] = await store.takeOutbox('report', now, 5, later);
      assert.ok(entry);
      const sentAt = async () => (await store.run(run.id))?.reports[0]?.sentAt;
      assert.equal(await sentAt(), null);
      await store.settle(entry);
      assert.equal(typeof (await sentAt()), 'number');
      await amended(store, run.id, claim('box'));
      assert.equal(await sentAt(), null);
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
          { reporter: 'github', state: 'waiting', tries: 0, error: null, nextTryAt: null, sentAt: null },
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
}
