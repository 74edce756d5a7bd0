import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LogMark, RunDetail } from '../wire.ts';
import { timelineOf } from './timeline.ts';

const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000).toISOString();
const says = (second: number, text: string, kind: 'system' | 'open' = 'system') =>
  ({ seq: second, at: at(second), kind, text }) as LogMark;
const run = (part: Partial<RunDetail>) =>
  ({
    state: 'finished',
    queuedAt: at(0),
    finishedAt: at(60),
    sha: 'a'.repeat(40),
    work: { url: 'https://example.org/a.git' },
    attempts: [{ attempt: 1, agent: 'local', startedAt: at(5), finishedAt: at(60), outcome: 'success' }],
    ...part,
  }) as RunDetail;
const told = (run: RunDetail, marks: readonly LogMark[]) =>
  timelineOf(run, marks).map(({ kind, from, to }) => [
    kind,
    (from - 1_700_000_000_000) / 1_000,
    to && (to - 1_700_000_000_000) / 1_000,
  ]);

describe('the time of a run', () => {
  test('is spent waiting, checking out and running', () => {
    assert.deepEqual(told(run({}), [says(5, 'attempt 1 on local'), says(9, 'checked out aaaa')]), [
      ['queued', 0, 5],
      ['checkout', 5, 9],
      ['run', 9, 60],
    ]);
  });

  test('is that of the last attempt', () => {
    const attempts = [
      { attempt: 1, agent: 'local', startedAt: at(5), finishedAt: at(20), outcome: 'lost' },
      { attempt: 2, agent: 'local', startedAt: at(30), finishedAt: null, outcome: null },
    ];
    const first = [
      says(5, 'attempt 1 on local'),
      says(9, 'checked out aaaa'),
      says(30, 'attempt 2 on local'),
    ];
    assert.deepEqual(told(run({ attempts }), first).at(-1), ['checkout', 30, null]);
    assert.deepEqual(told(run({ attempts }), [...first, says(33, 'checked out aaaa')]).at(-1), [
      'run',
      33,
      null,
    ]);
  });

  test('has no checkout where there is none, and none that lasts longer than its attempt', () => {
    const work = { url: null } as RunDetail['work'];
    assert.deepEqual(told(run({ work, sha: null }), []).at(-1), ['run', 5, 60]);
    const build = { kind: 'provider', url: 'https://example.org/a.git' } as RunDetail['work'];
    assert.deepEqual(told(run({ work: build }), []).at(-1), ['run', 5, 60]);
    assert.deepEqual(told(run({}), [says(90, 'checked out aaaa')]).at(-1), ['run', 60, 60]);
  });

  test('is one wait before the first attempt', () => {
    const none = { attempts: [], finishedAt: null } as const;
    assert.deepEqual(told(run({ ...none, state: 'queued' }), []), [['queued', 0, null]]);
    assert.deepEqual(told(run({ ...none, state: 'blocked' }), []), [['approval', 0, null]]);
    assert.deepEqual(told(run({ attempts: [] }), []), [['queued', 0, 60]]);
  });

  test('A75: what a job prints does not change it', () => {
    assert.deepEqual(told(run({}), [says(7, 'checked out forged', 'open')]).at(-1), ['checkout', 5, 60]);
  });
});
