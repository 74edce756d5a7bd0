import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepLine } from '../../src/domain/step.ts';
import type { LogMark } from '../wire.ts';
import { stepsOf } from './steps-of.ts';

const says = (seq: number, text: string): LogMark => ({ kind: 'system', seq, at: `at ${seq}`, text });
const step = (id: number, status: 'start' | 'more' | 'end', name: string): string =>
  stepLine({ id, kind: 'user', status, name, command: null });

test('the steps of the last attempt are told, also those that nothing ended', () => {
  const marks = [
    says(1, 'attempt 1 on local'),
    says(2, step(0, 'start', 'of an older attempt')),
    says(3, 'attempt 2 on local'),
    says(4, step(0, 'start', 'build')),
    says(5, step(1, 'start', 'test')),
    says(6, step(0, 'more', 'build')),
    says(7, step(0, 'end', 'build')),
    { kind: 'open', seq: 8, at: 'at 8', title: 'step 9 user start "x"', folded: true, until: null },
  ] as const;
  assert.deepEqual(stepsOf(marks, 'the end'), [
    { id: 0, name: 'build', line: 4, startedAt: 'at 4', endedAt: 'at 7' },
    { id: 1, name: 'test', line: 5, startedAt: 'at 5', endedAt: 'the end' },
  ]);
  assert.equal(stepsOf(marks, null)[1]?.endedAt, null);
});
