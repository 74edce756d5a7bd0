import type { RunStatus } from './run.ts';

/** How long a run took that came to an end of its own, in milliseconds; null for one that was ended, or is not over. */
export function ownDuration(status: RunStatus): number | null {
  if (status.state !== 'finished' || status.startedAt === null) return null;
  if (status.outcome !== 'success' && status.outcome !== 'failure') return null;
  return Math.max(0, status.finishedAt - status.startedAt);
}

/** The value in the middle, or between the two there; null when there is none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}
