import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { RunId } from '../domain/id.ts';
import type { End, Ends } from './ends.ts';
import { napUntil } from './nap.ts';

/** Another process may have heard of the end: the store is looked at after this, and then less and less often. */
const firstLookMs = 2_000;
const longestLookMs = 30_000;

/**
 * Resolves when a run is over, and that is stored; undefined when there is no such run, when it waits for an approval, or
 * when the signal ends the wait. `isQueued`: it was stored just now, and waits for its turn.
 */
export async function untilFinished(
  needs: { readonly store: Pick<Store, 'run'>; readonly ends: Ends; readonly clock: Clock },
  run: RunId,
  isQueued: boolean,
  signal: AbortSignal,
): Promise<End | undefined> {
  using waiting = needs.ends.wait(run);
  let lookMs = firstLookMs;
  for (let mayBeOver = !isQueued; !signal.aborted; mayBeOver = true) {
    if (mayBeOver) {
      const found = await needs.store.run(run);
      if (found === undefined || found.run.status.state === 'blocked') return undefined;
      if (found.run.status.state === 'finished') return found.run.status;
    }
    const end = await napUntil(needs.clock, lookMs, waiting.end, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return undefined;
    });
    if (end !== undefined) return end;
    lookMs = Math.min(lookMs * 2, longestLookMs);
  }
  return undefined;
}
