import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLineCache } from './line-cache.ts';
import { createLineLoader } from './line-loader.ts';

/** Loads from a log of a million lines of one text, until a line has come. */
function load(text: string, until: number) {
  const asked: number[] = [];
  const cache = createLineCache();
  const here = Promise.withResolvers<void>();
  const want = createLineLoader(cache, {
    read: async (after, most) => {
      asked.push(after);
      return Array.from({ length: most }, (_, n) => ({
        seq: after + n + 1,
        at: '2026-11-21T12:00:00.000Z',
        stream: 'stdout',
        text,
      }));
    },
    arrived(lines) {
      cache.put(lines);
      if (cache.get(until) !== undefined) here.resolve();
    },
    failed: here.reject,
  });
  return { asked, want, here: here.promise };
}

test('lines that are far apart are read without those between them', { timeout: 20_000 }, async () => {
  const { asked, want, here } = load('x', 999_999);
  want([3, 999_999]);
  await here;
  assert.deepEqual(asked, [0, 999_500]);
  want([1, 2, 3]);
  assert.equal(asked.length, 2);
});

test('lines too long to be kept together are not read without end', { timeout: 20_000 }, async () => {
  const { asked, want, here } = load('x'.repeat(64_000), 190_001);
  want(Array.from({ length: 20 }, (_, n) => n * 10_000 + 1));
  await here;
  // Whatever would be asked for again is asked for now.
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(asked.length, 20);
});
