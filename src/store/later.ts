/** What may be written a little later, gathered so that a flood of it costs one transaction now and then. */
export interface Later<Item> extends AsyncDisposable {
  /** Drops the oldest when there are too many. */
  add(item: Item): void;
}

/**
 * Writes what was added at most `delayMs` ago. What could not be written waits for the next time; disposing writes the
 * rest and rejects when even that fails.
 */
export function createLater<Item>(
  write: (items: readonly Item[]) => Promise<void>,
  limits: { readonly items: number; readonly delayMs: number },
): Later<Item> {
  let waiting: Item[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  async function flush(): Promise<void> {
    const items = waiting;
    if (items.length === 0) return;
    waiting = [];
    try {
      await write(items);
    } catch (error) {
      waiting = [...items, ...waiting].slice(-limits.items);
      throw error;
    }
  }

  function start(): void {
    if (closed) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      // Disk full, most likely: whoever needs an answer gets it elsewhere. The items are kept for the next time.
      writing = writing.then(flush).catch(start);
    }, limits.delayMs).unref();
  }

  return {
    add(item) {
      waiting.push(item);
      if (waiting.length > limits.items) waiting.shift();
      start();
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(timer);
      await writing;
      await flush();
    },
  };
}
