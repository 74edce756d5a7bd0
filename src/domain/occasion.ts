import type { Outcome } from './run.ts';

/**
 * When somebody wants to hear of a run: `always`; when it failed; when it failed after a success or the other way
 * round; when it succeeded after a failure.
 */
export const occasions = ['always', 'failure', 'change', 'fixed'] as const;
export type Occasion = (typeof occasions)[number];

/** What an outcome says of what was run; null: nothing, it was not seen to its end. */
export function goodness(outcome: Outcome): 'good' | 'bad' | null {
  switch (outcome) {
    case 'success':
      return 'good';
    case 'failure':
    case 'error':
    case 'timeout':
    case 'lost':
      return 'bad';
    case 'cancelled':
    case 'superseded':
    case 'skipped':
      return null;
  }
}

/** Whether an end is an occasion; `previous` is the end before it that said something. What never ran was good. */
export function isOccasion(occasion: Occasion, outcome: Outcome, previous: Outcome | null): boolean {
  const now = goodness(outcome);
  const before = previous === null ? 'good' : goodness(previous);
  switch (occasion) {
    case 'always':
      return true;
    case 'failure':
      return now === 'bad';
    case 'change':
      return now !== null && now !== before;
    case 'fixed':
      return now === 'good' && before === 'bad';
  }
}
