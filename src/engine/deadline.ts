import type { Clock } from '../contracts/clock.ts';

/** A time by which something has to be over. Dispose it when that is over. */
export interface Deadline extends Disposable {
  /** Aborts when the time is over. */
  readonly signal: AbortSignal;
  /** What is left, at least a millisecond. */
  leftMs(): number;
}

/** `ms` from now, by the clock. */
export function deadlineIn(clock: Clock, ms: number): Deadline {
  const until = clock.now() + ms;
  const over = new AbortController();
  const nap = new AbortController();
  clock.sleep(ms, nap.signal).then(
    () => over.abort(),
    () => undefined,
  );
  return {
    signal: over.signal,
    // Never more than there was: the clock may have gone back.
    leftMs: () => Math.min(Math.max(until - clock.now(), 1), ms),
    [Symbol.dispose]: () => nap.abort(),
  };
}
