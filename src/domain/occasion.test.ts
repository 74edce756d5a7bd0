import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOccasion, occasions } from './occasion.ts';
import { type Outcome, outcomes } from './run.ts';

const wanted = (outcome: Outcome, previous: Outcome | null): readonly string[] =>
  occasions.filter(occasion => isOccasion(occasion, outcome, previous));

test('what has changed depends on how it was before, and what never ran was good', () => {
  assert.deepEqual(wanted('success', null), ['always']);
  assert.deepEqual(wanted('success', 'success'), ['always']);
  assert.deepEqual(wanted('success', 'failure'), ['always', 'change', 'fixed']);
  assert.deepEqual(wanted('failure', null), ['always', 'failure', 'change']);
  assert.deepEqual(wanted('timeout', 'success'), ['always', 'failure', 'change']);
  assert.deepEqual(wanted('lost', 'error'), ['always', 'failure']);
});

test('what was not seen to its end is no change', () => {
  for (const outcome of ['cancelled', 'superseded', 'skipped'] as const)
    for (const previous of [null, ...outcomes]) assert.deepEqual(wanted(outcome, previous), ['always']);
});
