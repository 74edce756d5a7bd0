import type { Clock } from '../contracts/clock.ts';

/** A time by which something has to be over. Dispose it when that is over. */
export interface Deadline extends Disposable {
  /** Aborts when the time is over. */
  readonly signal: AbortSignal;
  /** What is left, at least a millisecond. */
  leftMs(): number;
}

/** Why its timer ends early. A reason of its own for each, with a stack, would cost more than the timer. */
const over = 'over';

/** `ms` from now, by the clock. */
export function deadlineIn(clock: Clock, ms: number): Deadline {
  const until = clock.now() + ms;
  const end = new AbortController();
  const nap = new AbortController();
  clock.sleep(ms, nap.signal).then(
    () => end.abort(),
    () => undefined,
  );
  return {
    signal: end.signal,
    // Never more than there was: the clock may have gone back.
    leftMs: () => Math.min(Math.max(until - clock.now(), 1), ms),
    [Symbol.dispose]: () => nap.abort(over),
  };
}
