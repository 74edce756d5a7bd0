import { SignalboxError } from '../../../src/domain/errors.ts';
import { blankEvent, type Event } from '../../../src/domain/event.ts';
import { deliveryId, eventId, runId } from '../../../src/domain/id.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { Note } from '../../../src/engine/journal.ts';

/** An event as hostile as a push can make it. */
export const event: Event = {
  ...blankEvent('push'),
  id: eventId('1'),
  source: 'github',
  delivery: null,
  receivedAt: 0,
  replayOf: null,
  deliveryId: 'one',
  ref: 'refs/heads/main\n{"level":"fatal"}\u001b[31m',
  actor: { id: null, name: 'the password is hunter2' },
};
export const run: Run = {
  id: runId('1'),
  event: event.id,
  rule: 'unit "1"',
  queuedAt: 1_000,
  rerunOf: null,
  attempt: 1,
  version: 3,
  plan: {
    action: { kind: 'command', command: { shell: 'true' } },
    workflow: null,
    repo: null,
    revision: null,
    env: { A: 'b' },
    secrets: [],
    withheld: [],
    pool: 'local',
    isolation: 'none',
    timeoutMs: 1,
    retryLost: 0,
    keepLogMs: null,
    concurrency: null,
    approvalOf: null,
    blockedBy: null,
    report: [],
  },
  status: {
    state: 'finished',
    outcome: 'failure',
    exitCode: 2,
    agent: 'local',
    startedAt: 3_000,
    finishedAt: 8_000,
    reason: null,
    counterpart: null,
  },
};
const delivery = {
  id: deliveryId('1'),
  source: 'github',
  receivedAt: 0,
  peer: '10.0.0.1',
  method: 'POST',
  path: '/github',
  headers: [['x-secret', 'value']] as const,
};
const explanation = { holds: true, text: '', seen: null, error: false, parts: [] };
/** For tests: a note of each kind. */
export const notes: readonly Note[] = [
  {
    kind: 'event.admitted',
    event,
    runs: [run.id],
    tookMs: 2,
    verdicts: [{ rule: run.rule, verdict: 'matched', reason: '', explanation }],
  },
  { kind: 'event.duplicate', source: 'github', event: event.id, conflict: true },
  { kind: 'delivery.refused', delivery, status: 401, reason: 'wrong' },
  {
    kind: 'run.started',
    run: {
      ...run,
      status: {
        state: 'running',
        agent: 'local',
        claim: 'c1',
        startedAt: 3_000,
        leaseUntil: 9_000,
        cancelling: null,
        counterpart: null,
      },
    },
  },
  { kind: 'run.finished', run },
  { kind: 'run.lost', run, reason: 'silence' },
  { kind: 'report.told', reporter: 'github', run: run.id, result: 'sent', error: null },
  { kind: 'config.reloaded', needsRestart: ['public.port'] },
  { kind: 'config.refused', error: 'signalbox.yaml:1:1: broken\nsignalbox.yaml:2:1: twice' },
  { kind: 'trouble', where: 'here', error: new SignalboxError('unavailable', 'out of order') },
  { kind: 'cursor.unreadable', cursor: 'abc\n' },
  { kind: 'announcement.skipped', created: 2n ** 60n, rkey: '3mrz7javvtv2l' },
];
