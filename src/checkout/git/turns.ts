/** Lets one task at a time through per key, in the order they came; one that is aborted while it waits gives up its turn. */
export type InTurn = <Result>(
  key: string,
  signal: AbortSignal,
  task: () => Promise<Result>,
) => Promise<Result>;

export function createTurns(): InTurn {
  const last = new Map<string, Promise<void>>();
  return async (key, signal, task) => {
    const before = last.get(key) ?? Promise.resolve();
    const { promise: done, resolve: release } = Promise.withResolvers<void>();
    // Over when those before are as well: who gives up while waiting lets nobody in early.
    const mine = before.then(() => done);
    last.set(key, mine);
    void mine.then(() => {
      if (last.get(key) === mine) last.delete(key);
    });
    try {
      await orAbort(before, signal);
      return await task();
    } finally {
      release();
    }
  };
}

/** The promise's result, or the signal's reason if that comes first. */
export async function orAbort<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
