import type { Clock } from '../contracts/clock.ts';
import type { Journal } from './journal.ts';

/** A part that failed is tried again after this long: long enough not to spin, short enough not to be noticed. */
export const restMs = 1000;

/** Repeats `turn` until the signal; a turn that throws is noted and the loop goes on after a rest. */
export async function loop(
  needs: { readonly clock: Clock; readonly journal: Journal },
  where: string,
  signal: AbortSignal,
  turn: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await turn();
    } catch (error) {
      if (signal.aborted) return;
      needs.journal.note({ kind: 'trouble', where, error });
      await needs.clock.sleep(restMs, signal).catch(() => undefined);
    }
  }
}
