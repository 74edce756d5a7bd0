import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCodes } from '../domain/errors.ts';
import { outcomes } from '../domain/run.ts';
import { exitCodeOfError, exitCodeOfOutcome } from './exit-codes.ts';

test('only a run that did what its rule asks for ends with 0', () => {
  const codes = Object.fromEntries(outcomes.map(outcome => [outcome, exitCodeOfOutcome(outcome)]));
  assert.deepEqual(codes, {
    success: 0,
    failure: 1,
    error: 1,
    timeout: 124,
    cancelled: 1,
    superseded: 0,
    skipped: 0,
    lost: 1,
  });
});

test('no error ends with 0 or 1', () => {
  for (const code of errorCodes) assert.ok(exitCodeOfError(code) >= 2, code);
});
