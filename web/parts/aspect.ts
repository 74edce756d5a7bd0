import type { Outcome, RunStatus } from '../../src/domain/run.ts';

/**
 * What a signal shows. The marks follow the position-light signals of the railways, so that no one has to see
 * colours: an upright bar means proceed, a level one stop, a slanting one caution; a cross means out of use.
 */
export type Aspect =
  | 'proceed' // it succeeded
  | 'stop' // the work says no
  | 'fault' // the work could not say anything
  | 'caution' // under way
  | 'waiting' // will be under way
  | 'held' // somebody must let it go
  | 'dark' // nobody wants it any more
  | 'none'; // nothing to signal

export function aspectOf(run: {
  readonly state: RunStatus['state'];
  readonly outcome: Outcome | null;
}): Aspect {
  switch (run.state) {
    case 'blocked':
      return 'held';
    case 'queued':
      return 'waiting';
    case 'running':
      return 'caution';
    case 'finished':
      return run.outcome === null ? 'none' : finished(run.outcome);
  }
}

function finished(outcome: Outcome): Aspect {
  switch (outcome) {
    case 'success':
      return 'proceed';
    case 'failure':
      return 'stop';
    case 'error':
    case 'timeout':
    case 'lost':
      return 'fault';
    case 'cancelled':
    case 'superseded':
    case 'skipped':
      return 'dark';
  }
}

/** What most needs to be seen first, as one lamp has to stand for several runs. */
export const urgency: readonly Aspect[] = [
  'stop',
  'fault',
  'held',
  'caution',
  'waiting',
  'proceed',
  'dark',
  'none',
];

export function mostUrgent(shown: readonly Aspect[]): Aspect {
  return urgency.find(aspect => shown.includes(aspect)) ?? 'none';
}
