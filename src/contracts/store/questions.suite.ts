import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../../domain/event.ts';
import type { EventId } from '../../domain/id.ts';
import type { Run } from '../../domain/run.ts';
import type { EventFilter, Page } from '../store.ts';
import { admitRun, amended, claim } from './acts.suite.ts';
import type { OpenStore } from './open-store.suite.ts';
import { anyEvent, anyRun, now, repoNamed, sample } from './samples.suite.ts';

/** What a store can be asked. */
export function questionsSuite(name: string, open: OpenStore): void {
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
      const byHand = { ...sample(), delivery: null };
      await store.admit({ ...byHand, event: { ...byHand.event, delivery: null } });
      const [newest, one] = (await store.events(anyEvent, { limit: 2, after: null })).items;
      assert.equal(newest?.authentication, null);
      assert.deepEqual(one?.authentication, { result: 'verified', by: 'hmac', secret: '1 of 1' });
      await assert.rejects(store.events(anyEvent, { limit: 1, after: "x'; --" }), { code: 'invalid' });
    });

    test('what rules said is told of the latest events, without their reasons', async () => {
      await using opened = await open();
      const { store } = opened;
      assert.deepEqual(await store.verdicts(5), []);
      await store.admit(sample({ receivedAt: now }));
      await store.admit(sample({ receivedAt: now + 1, rule: 'unit', runs: 1 }));
      await store.admit(sample({ receivedAt: now + 2, rule: 'lint' }));
      assert.deepEqual(await store.verdicts(2), [
        { receivedAt: now + 2, verdicts: [{ rule: 'lint', verdict: 'not matched' }] },
        { receivedAt: now + 1, verdicts: [{ rule: 'unit', verdict: 'matched' }] },
      ]);
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

    test('the repositories that events of a source came from are named once each, in order', async () => {
      await using opened = await open();
      const { store } = opened;
      assert.deepEqual(await store.repos('github', 10), []);
      for (const repo of ['acme/web', 'acme/app', 'acme/web']) await store.admit(sample({ repo }));
      await store.admit(sample({ repo: 'acme/elsewhere', source: 'gitea' }));
      assert.deepEqual(await store.repos('github', 10), ['acme/app', 'acme/web']);
      assert.deepEqual(await store.repos('github', 1), ['acme/app']);
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
}
