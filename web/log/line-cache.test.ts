import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLineCache } from './line-cache.ts';

const lines = (first: number, last: number, text = 'x') =>
  Array.from({ length: last - first + 1 }, (_, n) => ({
    seq: first + n,
    at: '2026-11-21T12:00:00.000Z',
    stream: 'stdout' as const,
    text,
  }));
const numbers = (first: number, last: number) => lines(first, last).map(({ seq }) => seq);

test('what is missing is read in whole blocks, and nothing that is here', () => {
  const cache = createLineCache();
  assert.deepEqual(cache.missing(numbers(1, 10)), { after: 0, count: 500 });
  cache.put(lines(1, 500));
  assert.equal(cache.missing(numbers(1, 500)), null);
  assert.deepEqual(cache.missing(numbers(490, 510)), { after: 500, count: 500 });
  assert.equal(cache.get(500)?.seq, 500);
  assert.equal(cache.get(501), undefined);
});

test('what is folded away between lines is not read', () => {
  const cache = createLineCache();
  assert.deepEqual(cache.missing([5, 1_700, 900_000]), { after: 0, count: 2_000 });
  cache.put(lines(1, 2_000));
  assert.deepEqual(cache.missing([5, 1_700, 900_000]), { after: 899_500, count: 500 });
});

test('only so much is kept: what was used last', () => {
  const cache = createLineCache();
  for (let block = 0; block < 400; block += 1) {
    cache.put(lines(block * 500 + 1, block * 500 + 500));
    assert.equal(cache.missing([1, 500]), null);
  }
  assert.notEqual(cache.missing([501]), null);
  assert.equal(cache.missing([199_501, 200_000]), null);

  const long = 'x'.repeat(64_000);
  for (let block = 0; block < 4; block += 1)
    cache.put(lines(block * 500 + 1, block * 500 + 500, `${block}${long}`));
  assert.notEqual(cache.missing([501]), null);
  assert.equal(cache.missing([1_501, 2_000]), null);
});
