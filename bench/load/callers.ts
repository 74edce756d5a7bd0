import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../percentile.ts';
import type { Bench } from '../row.ts';

/** What callers saw. */
export interface Seen {
  readonly calls: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** So many callers call, each again as soon as it has its answer. */
export async function callAgainAndAgain(
  bench: Bench,
  callers: number,
  call: () => Promise<void>,
): Promise<Seen> {
  const took: number[] = [];
  const since = performance.now();
  const until = since + bench.seconds * 1000;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < until) {
        bench.signal.throwIfAborted();
        const before = performance.now();
        await call();
        took.push(performance.now() - before);
      }
    }),
  );
  const seconds = (performance.now() - since) / 1000;
  return {
    calls: took.length,
    seconds,
    perSecond: took.length / seconds,
    p50Ms: percentile(took, 50),
    p99Ms: percentile(took, 99),
  };
}

/** Calls at a steady pace, whether or not earlier calls have been answered; resolves with all answers. */
export async function callAtPace<Result>(
  bench: Bench,
  perSecond: number,
  call: () => Promise<Result>,
): Promise<readonly Result[]> {
  const calls: Promise<Result>[] = [];
  const since = performance.now();
  for (let number = 0; number < perSecond * bench.seconds; number += 1) {
    const waitMs = since + (number * 1000) / perSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: bench.signal });
    const called = call();
    // Whoever waits for all of them hears of it; until then a failure is nobody's.
    called.catch(() => undefined);
    calls.push(called);
  }
  return Promise.all(calls);
}
