/** How full the queue is, near enough to say no in time: counted here between two looks at the store. */
export interface QueueGauge {
  hasRoom(): boolean;
  added(runs: number): void;
  /** The store's own count. */
  corrected(queued: number): void;
}

/** A gauge that has room for up to `limit` queued runs. */
export function createQueueGauge(limit: number): QueueGauge {
  let queued = 0;
  return {
    hasRoom: () => queued < limit,
    added: runs => {
      queued += runs;
    },
    corrected: count => {
      queued = count;
    },
  };
}
