import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Session } from '../session-store.ts';
import type { OpenStore } from './open-store.suite.ts';
import { now } from './samples.suite.ts';

export function sessionsSuite(name: string, open: OpenStore): void {
  describe(`${name}: sessions`, () => {
    const made = (n: number, kind: Session['kind'] = 'session'): Session => ({
      kind,
      hash: String(n).padStart(64, '0'),
      token: 'a'.repeat(64),
      expiresAt: now + n * 1_000,
    });

    test('last until they are ended, by one alone, also over a restart; kinds are apart', async () => {
      await using opened = await open();
      const one = made(1);
      await opened.store.addSession(one, 10, now);
      const store = await opened.reopen();
      assert.deepEqual(await store.session('session', one.hash, now), one);
      assert.equal(await store.session('link', one.hash, now), undefined);
      assert.equal(await store.session('session', made(2).hash, now), undefined);
      assert.equal(await store.endSession('link', one.hash, now), undefined);
      const ends = await Promise.all(
        Array.from({ length: 5 }, () => store.endSession('session', one.hash, now)),
      );
      assert.deepEqual(
        ends.filter(end => end !== undefined),
        [one],
      );
      assert.equal(await store.session('session', one.hash, now), undefined);
    });

    test('expire', async () => {
      await using opened = await open();
      const { store } = opened;
      const [one, two] = [made(1), made(2)];
      for (const each of [one, two]) await store.addSession(each, 10, now);
      assert.deepEqual(await store.session('session', one.hash, one.expiresAt - 1), one);
      assert.equal(await store.session('session', one.hash, one.expiresAt), undefined);
      assert.equal(await store.endSession('session', one.hash, one.expiresAt), undefined);
      await store.addSession(made(3), 10, one.expiresAt);
      // What has expired is gone for good by then.
      assert.equal(await store.session('session', one.hash, now), undefined);
      assert.deepEqual(await store.session('session', two.hash, now), two);
    });

    test('are bounded in number, by kind: the oldest go', async () => {
      await using opened = await open();
      const { store } = opened;
      const link = made(1, 'link');
      await store.addSession(link, 1, now);
      for (let n = 1; n <= 3; n++) await store.addSession(made(n), 2, now);
      const there = await Promise.all([1, 2, 3].map(n => store.session('session', made(n).hash, now)));
      assert.deepEqual(
        there.map(each => each?.expiresAt),
        [undefined, made(2).expiresAt, made(3).expiresAt],
      );
      assert.deepEqual(await store.session('link', link.hash, now), link);
    });
  });
}
