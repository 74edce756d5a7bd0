import type { Outcome } from './run.ts';

/** Whether the work, or what should have done it, failed; null of what somebody ended. */
export function hasFailed({ outcome }: { readonly outcome: Outcome }): boolean | null {
  switch (outcome) {
    case 'success':
      return false;
    case 'failure':
    case 'error':
    case 'timeout':
    case 'lost':
      return true;
    case 'cancelled':
    case 'superseded':
    case 'skipped':
      return null;
  }
}
