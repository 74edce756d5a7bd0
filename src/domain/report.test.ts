import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushEvent } from '../../test/support/events.ts';
import { forMembers } from '../../test/support/trust.ts';
import { runId } from './id.ts';
import { duration, reports } from './report.ts';
import { advance, plan, type Run } from './run.ts';

const told = (run: Run): readonly string[] => reports(run).map(({ reporter }) => reporter);

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

test('a run without a repository, a scheduled one, is told to people, and to no forge', () => {
  const rule = { ...forMembers, report: ['github', 'discord', 'gitlab', 'gitea', 'radicle', 'hook'] };
  const event = { ...pushEvent(), type: 'schedule', repo: null, ref: null, after: null } as const;
  const made = { at: 1, blockedBy: null, workflow: null };
  const [one, other] = ['0', '1'].map(digit => plan(rule, event, { ...made, id: runId(digit.repeat(26)) }));
  assert.ok(one && other);
  assert.deepEqual(told(one), ['discord', 'hook']);
  // None takes the other's place.
  const subjects = [one, other].flatMap(reports).map(({ subject }) => subject);
  assert.equal(new Set(subjects).size, 4);
});

test('a commit that is looked up is waited for, and one that could not be found is told to people', () => {
  const rule = { ...forMembers, report: ['github', 'hook'] };
  const event = { ...pushEvent(), after: null };
  const made = { id: runId('0'.repeat(26)), at: 1, blockedBy: null, workflow: null };
  const claim = { agent: 'box', claim: 'c1', at: 2, leaseUntil: 3 };
  const running = advance(plan(rule, event, made), { kind: 'claimed', ...claim });
  assert.deepEqual(told(running), []);
  const resolved = advance(running, { kind: 'resolved', attempt: 1, sha: 'a'.repeat(40) });
  assert.deepEqual(told(resolved), ['github', 'hook']);
  const ending = { outcome: 'error', exitCode: null, reason: 'no such branch' } as const;
  assert.deepEqual(told(advance(running, { kind: 'finished', attempt: 1, at: 4, ending })), ['hook']);
});
