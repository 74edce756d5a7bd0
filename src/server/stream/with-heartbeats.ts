import type { Clock } from '../../contracts/clock.ts';
import { beat } from './sse.ts';

/** Common proxies end a stream that was quiet for 30 to 60 seconds. */
export const heartbeatMs: number = 15_000;

/** The same stream, with a comment whenever it was quiet for a while. Ends when the signal aborts. */
export async function* withHeartbeats(
  needs: { readonly clock: Clock },
  chunks: AsyncIterable<string>,
  everyMs: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    while (!signal.aborted) {
      const quiet = new AbortController();
      const nap = needs.clock.sleep(everyMs, AbortSignal.any([signal, quiet.signal])).then(
        () => 'quiet' as const,
        () => 'over' as const,
      );
      const first = await Promise.race([next, nap]);
      quiet.abort();
      if (first === 'over') return;
      if (first === 'quiet') yield beat;
      else if (first.done === true) return;
      else {
        yield first.value;
        next = iterator.next();
      }
    }
  } finally {
    await iterator.return?.();
  }
}
