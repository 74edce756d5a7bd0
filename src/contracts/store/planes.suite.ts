import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OpenStore } from './open-store.suite.ts';
import { now } from './samples.suite.ts';

/** How control planes that share a store know of each other. */
export function planesSuite(name: string, open: OpenStore): void {
  describe(`store ${name}: control planes`, () => {
    const plane = (name: string, logs = 'the bucket') => ({ name, logs });

    test('one that falls silent is told to one other, once', async () => {
      await using opened = await open();
      const { store } = opened;
      for (const name of ['a', 'b', 'c']) assert.deepEqual(await store.beat(plane(name), now, now - 30), []);
      assert.deepEqual(await store.beat(plane('a'), now + 20, now - 10), []);
      assert.deepEqual(await store.beat(plane('b'), now + 20, now - 10), []);
      const told = await Promise.all(['a', 'b'].map(name => store.beat(plane(name), now + 40, now + 10)));
      assert.deepEqual(told.flat(), ['c']);
      assert.deepEqual(await store.beat(plane('c'), now + 50, now + 20), []);
    });

    test('one that leaves is silent at once, and may come back', async () => {
      await using opened = await open();
      const { store } = opened;
      for (const name of ['a', 'b']) await store.beat(plane(name), now, now - 30);
      await store.leave('b');
      assert.deepEqual(await store.beat(plane('a'), now, now - 30), ['b']);
      assert.deepEqual(await store.beat(plane('b'), now, now - 30), []);
    });

    test('one that keeps its logs elsewhere is refused while another is alive', async () => {
      await using opened = await open();
      const { store } = opened;
      await store.beat(plane('a', 'files of a'), now, now - 30);
      await assert.rejects(store.beat(plane('b', 'files of b'), now, now - 30), {
        code: 'conflict',
        message: /the control plane a .*files of a; this one: files of b/,
      });
      assert.deepEqual(await store.beat(plane('a', 'the bucket'), now, now - 30), []);
      assert.deepEqual(await store.beat(plane('b', 'files of b'), now + 100, now + 50), ['a']);
    });
  });
}
