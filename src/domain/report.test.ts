import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration } from './report.ts';

test('a duration has two units at the most, and none that says nothing', () => {
  const told: Readonly<Record<string, number>> = {
    '0 ms': -3,
    '840 ms': 840.2,
    '1 s': 1_000,
    '2.5 s': 2_510,
    '10 s': 9_990,
    '12 s': 12_300,
    '1 min': 59_600,
    '3 min 5 s': 185_000,
    '10 min': 600_000,
    '1 h': 3_599_700,
    '2 h 4 min': 7_444_000,
  };
  for (const [text, ms] of Object.entries(told)) assert.equal(duration(ms), text);
});
