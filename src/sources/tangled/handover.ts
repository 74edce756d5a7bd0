/** Takes what many give, one after the other: giving is done when what was given has been dealt with. */
export interface Handover<Item> {
  /** Resolves when the next one is asked for; rejects when the signal aborts first. */
  give(item: Item, signal: AbortSignal): Promise<void>;
  /** The next one; undefined when the signal aborts. Whatever was taken before has been dealt with. */
  take(signal: AbortSignal): Promise<Item | undefined>;
}

export function createHandover<Item>(): Handover<Item> {
  const waiting: { readonly item: Item; readonly done: () => void }[] = [];
  let done = (): void => undefined;
  let arrived = Promise.withResolvers<void>();
  return {
    async give(item, signal) {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const stop = (): void => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      waiting.push({ item, done: resolve });
      arrived.resolve();
      await promise.finally(() => signal.removeEventListener('abort', stop));
    },
    async take(signal) {
      done();
      done = () => undefined;
      const stop = (): void => arrived.resolve();
      signal.addEventListener('abort', stop, { once: true });
      try {
        while (!signal.aborted) {
          const next = waiting.shift();
          if (next !== undefined) {
            done = next.done;
            return next.item;
          }
          arrived = Promise.withResolvers();
          await arrived.promise;
        }
        return undefined;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
