import type { Clock } from '../contracts/clock.ts';

/** Why a nap ends early. A reason of its own for each, with a stack, would cost more than the nap. */
const awake = 'awake';

/** Resolves with what wakes it, or with undefined after `ms`; rejects when aborted. Nothing of it is left then. */
export async function napUntil<Waking>(
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  waking: Promise<Waking>,
  signal: AbortSignal,
): Promise<Waking | undefined> {
  const over = new AbortController();
  const slept = clock.sleep(ms, AbortSignal.any([signal, over.signal])).then(() => undefined);
  try {
    return await Promise.race([waking, slept]);
  } finally {
    over.abort(awake);
  }
}
