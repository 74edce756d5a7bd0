import type { Outcome, RunStatus } from '../../src/domain/run.ts';

/** How runs stand of which reporters tell. */
export const running: RunStatus = {
  state: 'running',
  agent: 'box',
  claim: 'c1',
  startedAt: 0,
  leaseUntil: 1,
  cancelling: null,
  counterpart: null,
};

/** After 12 seconds; a failure with exit code 2. */
export const finished = (outcome: Outcome, reason: string | null = null): RunStatus => ({
  state: 'finished',
  outcome,
  exitCode: outcome === 'failure' ? 2 : null,
  agent: 'box',
  startedAt: 0,
  finishedAt: 12_000,
  reason,
  counterpart: null,
});
