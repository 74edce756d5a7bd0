import { type Arbitrary, constant, constantFrom, integer, oneof, record } from 'fast-check';
import type { News } from '../../domain/run.ts';
import { now } from './samples.suite.ts';

const attempts = integer({ min: 0, max: 3 });
const agents = constantFrom('box-1', 'box-2');
const times = integer({ min: now, max: now + 50 });

/** News of every kind, true or not. */
export const anyNews: Arbitrary<News> = oneof(
  record({
    kind: constant('claimed' as const),
    agent: agents,
    claim: constant('a claim'),
    at: times,
    leaseUntil: times,
  }),
  record({ kind: constant('alive' as const), attempt: attempts, agent: agents, leaseUntil: times }),
  record({ kind: constant('superseded' as const), reason: constant('newer'), at: times }),
  record({ kind: constant('resolved' as const), attempt: attempts, sha: constant('e'.repeat(40)) }),
  record({
    kind: constant('counterpart' as const),
    attempt: attempts,
    counterpart: constant({ id: 'r1', url: null }),
  }),
  record({
    kind: constant('finished' as const),
    attempt: attempts,
    at: times,
    ending: record({
      outcome: constantFrom('success' as const, 'failure' as const, 'cancelled' as const),
      exitCode: constantFrom(null, 0, 2),
      reason: constant(null),
    }),
  }),
  record({ kind: constant('approved' as const), by: constant('ann') }),
  record({ kind: constant('cancelled' as const), by: constant('ann'), at: times }),
  record({ kind: constant('lease-checked' as const), at: times }),
  record({ kind: constant('agent-gone' as const), agent: agents, at: times, reason: constant('died') }),
);
