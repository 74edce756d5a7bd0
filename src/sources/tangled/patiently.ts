import type { Clock } from '../../contracts/clock.ts';
import { SignalboxError } from '../../domain/errors.ts';

/** What is told of may not be at hand yet. Whatever comes next waits for it, so not for long: 1 s, 5 s, 30 s. */
const waitsMs: readonly number[] = [1_000, 5_000, 30_000];
/** One try is over by then. */
const timeoutMs = 60_000;

/** Does something that may succeed later, again and again for a while. Throws the last try's `SignalboxError`. */
export async function patiently<Result>(
  clock: Pick<Clock, 'sleep'>,
  task: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  for (let tries = 0; ; tries++) {
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      return await task(AbortSignal.any([signal, limit]));
    } catch (error) {
      signal.throwIfAborted();
      const known = limit.aborted
        ? new SignalboxError('unavailable', `it took longer than ${timeoutMs / 1000} s`, { cause: error })
        : SignalboxError.from(error);
      const waitMs = waitsMs[tries];
      if (!known.retryable || waitMs === undefined) throw known;
      await clock.sleep(waitMs, signal);
    }
  }
}
