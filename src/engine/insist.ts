import type { Clock } from '../contracts/clock.ts';
import type { Journal } from './journal.ts';

/**
 * Wait after the n-th failed try:
 *
 *   1       2       3       4       5      6      7 …
 *   0.1 s   0.2 s   0.4 s   0.8 s   1.6 s  3.2 s  5 s …
 */
const firstWaitMs = 100;
const longestWaitMs = 5_000;

/**
 * Repeats what must not get lost over a moment's trouble, until it succeeds. Throws its latest error when that was not
 * within `mostMs`, and at once when the signal aborts.
 */
export async function insist<Result>(
  needs: { readonly clock: Clock; readonly journal: Journal },
  where: string,
  attempt: () => Promise<Result>,
  mostMs: number,
  signal: AbortSignal,
): Promise<Result> {
  const until = needs.clock.now() + mostMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || needs.clock.now() + waitMs > until) throw error;
      needs.journal.note({ kind: 'trouble', where, error });
      await needs.clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }
}
