import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviations, ours, theirs } from './deviations.ts';

test('the deviations are numbered without a gap, and each has a switch of its own', () => {
  assert.deepEqual(
    deviations.map(({ number }) => number),
    deviations.map((_, n) => `D${n + 1}`),
  );
  assert.equal(new Set(deviations.map(({ name }) => name)).size, deviations.length);
});

test('those that could break files that work are off', () => {
  const off = deviations.filter(({ name }) => !ours.has(name)).map(({ number }) => number);
  assert.deepEqual(off, ['D12', 'D13', 'D14', 'D15', 'D20']);
  assert.equal(theirs.size, 0);
});
