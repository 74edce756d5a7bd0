import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { distance, nearest } from './nearest.ts';

test('the word that was meant', () => {
  const known = ['name', 'branch', 'paths', 'timeout', 'report', 'retry', 'github', 'on', 'if'];
  const meant: readonly (readonly [word: string, meant: string | null])[] = [
    ['brnach', 'branch'],
    ['Branch', 'branch'],
    ['branches', 'branch'],
    ['timout', 'timeout'],
    ['reports', 'report'],
    ['path', 'paths'],
    ['no', 'on'],
    ['concurrency', null],
    ['gitlab', null],
    ['xyz', null],
    ['n'.repeat(100_000), null],
  ];
  for (const [word, expected] of meant) assert.equal(nearest(word, known), expected, word.slice(0, 20));
  assert.equal(nearest('x', []), null);
});

test('distances', () => {
  assert.equal(distance('', 'abc'), 3);
  assert.equal(distance('ab', 'ba'), 1);
  assert.equal(distance('kitten', 'sitting'), 3);
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const between = distance(a, b);
      assert.equal(between, distance(b, a));
      assert.equal(between === 0, a === b);
      assert.ok(between >= Math.abs(a.length - b.length) && between <= Math.max(a.length, b.length));
    }),
  );
});
