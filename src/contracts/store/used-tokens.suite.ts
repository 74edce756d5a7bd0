import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UsedToken } from '../used-token-store.ts';
import type { OpenStore } from './open-store.suite.ts';
import { now } from './samples.suite.ts';

export function usedTokensSuite(name: string, open: OpenStore): void {
  describe(`${name}: tokens that are good once`, () => {
    const [pat, kim] = ['did:plc:pat', 'did:web:kim.example'];
    const most = { all: 10, ofIssuer: 10 };
    const made = (n: number, issuer = pat): UsedToken => ({
      issuer,
      hash: String(n).padStart(64, '0'),
      expiresAt: now + n * 1_000,
    });

    test('are new to one of those who use them at once, and used after a restart', async () => {
      await using opened = await open();
      const { store } = opened;
      const uses = await Promise.all(Array.from({ length: 5 }, () => store.useToken(made(1), most, now)));
      assert.deepEqual(uses.toSorted(), ['new', 'used', 'used', 'used', 'used']);
      const again = await opened.reopen();
      assert.equal(await again.useToken(made(1), most, now), 'used');
      // Another issuer may have drawn the same name for its own.
      assert.equal(await again.useToken(made(1, kim), most, now), 'new');
    });

    test('are remembered until they have expired', async () => {
      await using opened = await open();
      const { store } = opened;
      const one = made(1);
      assert.equal(await store.useToken(one, most, now), 'new');
      assert.equal(await store.useToken(one, most, one.expiresAt - 1), 'used');
      assert.equal(await store.useToken(one, most, one.expiresAt), 'new');
    });

    test('are remembered in a bounded number, and none is forgotten for another one', async () => {
      await using opened = await open();
      const { store } = opened;
      const room = { all: 3, ofIssuer: 2 };
      const uses = [made(1), made(2), made(3), made(1), made(3, kim), made(4, kim), made(3, kim)];
      const words = [];
      for (const use of uses) words.push(await store.useToken(use, room, now));
      assert.deepEqual(words, ['new', 'new', 'full', 'used', 'new', 'full', 'used']);
      assert.equal(await store.useToken(made(4, kim), room, made(1).expiresAt), 'new');
    });
  });
}
