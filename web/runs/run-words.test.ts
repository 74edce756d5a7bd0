import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '../wire.ts';
import { runName, runWords, shortRuns, withRuns } from './run-words.ts';

const run = (changes: Partial<Run>) =>
  ({ state: 'finished', outcome: 'success', exitCode: 0, reason: null, ...changes }) as Run;
const id = 'run_01m7zmtt2smxcmyf0f8rzm93g0';

test('a run that waits says so once', () => {
  assert.equal(
    runWords(run({ state: 'queued', outcome: null, reason: `waits: ${id} is under way` })),
    `queued: ${id} is under way`,
  );
  assert.equal(runWords(run({ outcome: 'failure', exitCode: 2 })), 'failure (exit code 2)');
  assert.equal(runWords(run({ outcome: 'cancelled', reason: 'cancelled by ada' })), 'cancelled by ada');
});

test('other runs are named shortly, and can be gone to', () => {
  assert.deepEqual(withRuns(`superseded by ${id}`), [
    { text: 'superseded by ', run: null },
    { text: 'run …zm93g0', run: id },
  ]);
  assert.equal(shortRuns(`${id}: gone`), 'run …zm93g0: gone');
  assert.equal(shortRuns('no run_of any'), 'no run_of any');
});

test('a workflow is known by its rule and its own name', () => {
  assert.equal(
    runName({ rule: 'tangled', workflow: { pipeline: 'at://x', name: 'ci.yml' } }),
    'tangled / ci.yml',
  );
  assert.equal(runName({ rule: 'unit', workflow: null }), 'unit');
});
