import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';

/** How full the queue is. It costs nothing while there is room by what was added alone; else the store is asked. */
export interface QueueGauge {
  hasRoom(): Promise<boolean>;
  added(runs: number): void;
}

/** A queue that was found full is not counted again for so long: a flood must not be paid for in counting. */
const restMs = 1_000;

/** What others add is not noticed otherwise: with so many a second it is a small part of any queue. */
const sharedLookMs = 2_000;

/**
 * A gauge that has room for up to `limit` queued runs. Until its first look at the store it knows of none. `isShared`:
 * others add to the queue as well.
 */
export function createQueueGauge(
  needs: { readonly store: Pick<Store, 'counts'>; readonly clock: Clock },
  limit: number,
  isShared: boolean,
): QueueGauge {
  /** At most so many: who has left the queue since the last look is not counted off. */
  let queued = limit;
  let foundFullAt = -Infinity;
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const before = queued;
    lookedAt = needs.clock.now();
    try {
      const counts = await needs.store.counts();
      // What was added meanwhile may be counted twice, and is never left out.
      queued = counts.queued + queued - before;
      foundFullAt = queued < limit ? -Infinity : needs.clock.now();
    } finally {
      looking = undefined;
    }
  }

  return {
    async hasRoom() {
      // The clock may have gone back.
      const isRested = Math.abs(needs.clock.now() - foundFullAt) >= restMs;
      const isOld = isShared && Math.abs(needs.clock.now() - lookedAt) >= sharedLookMs;
      if ((queued >= limit && isRested) || isOld) await (looking ??= look());
      return queued < limit;
    },
    added(runs) {
      queued += runs;
    },
  };
}
