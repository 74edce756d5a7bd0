import type { RunStatus } from '../domain/run.ts';

/** A run's state in the words of GitHub, and of the forges that follow it. What was not seen to its end is no success. */
export function fourStates(status: RunStatus): 'pending' | 'success' | 'failure' | 'error' {
  switch (status.state) {
    case 'blocked':
    case 'queued':
    case 'running':
      return 'pending';
    case 'finished':
      switch (status.outcome) {
        case 'success':
          return 'success';
        case 'failure':
        case 'timeout':
          return 'failure';
        case 'error':
        case 'cancelled':
        case 'superseded':
        case 'skipped':
        case 'lost':
          return 'error';
      }
  }
}
