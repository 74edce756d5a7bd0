import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, ownDuration } from './durations.ts';
import type { RunStatus } from './run.ts';

test('the median is the value in the middle', () => {
  assert.equal(median([]), null);
  assert.equal(median([7]), 7);
  assert.equal(median([9, 1]), 5);
  assert.equal(median([100, 1, 3]), 3);
});

test('a duration says something of its rule only when the run came to an end of its own', () => {
  const finished: Extract<RunStatus, { state: 'finished' }> = {
    state: 'finished',
    outcome: 'failure',
    exitCode: 1,
    agent: 'local',
    startedAt: 1_000,
    finishedAt: 4_000,
    reason: null,
    counterpart: null,
  };
  assert.equal(ownDuration(finished), 3_000);
  assert.equal(ownDuration({ ...finished, outcome: 'cancelled' }), null);
  assert.equal(ownDuration({ ...finished, startedAt: null }), null);
  assert.equal(ownDuration({ ...finished, finishedAt: 0 }), 0);
  assert.equal(ownDuration({ state: 'queued', reason: null }), null);
});
