import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasFailed } from '../../src/domain/has-failed.ts';
import type { Outcome } from '../../src/domain/run.ts';
import { medianOf, type Point, passRate } from './points.ts';

const point = (outcome: Outcome, tookMs: number): Point => ({
  run: 'run_1',
  rule: 'unit',
  outcome,
  queuedAt: '2026-01-01T00:00:00.000Z',
  queuedMs: 0,
  tookMs,
});

test('what somebody ended says nothing of how well, nor of how long', () => {
  const points = [
    point('success', 10),
    point('failure', 30),
    point('cancelled', 900),
    point('success', 20),
    point('lost', 800),
  ];
  assert.equal(medianOf(points), 20);
  assert.equal(passRate(points), 0.5);
  assert.equal(hasFailed(point('superseded', 1)), null);
  assert.equal(passRate([point('skipped', 1)]), null);
  assert.equal(medianOf([]), null);
});
