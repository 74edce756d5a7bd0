/** Tasks of which one runs for each name that is wanted. */
export interface Fleet {
  /** Starts what is missing, and ends what is not wanted any more. */
  follow(wanted: ReadonlySet<string>): void;
  /** Ends all; resolves when they have. */
  end(): Promise<void>;
}

export function createFleet(run: (name: string, signal: AbortSignal) => Promise<void>): Fleet {
  const running = new Map<string, { readonly over: AbortController; readonly task: Promise<void> }>();
  const ending = new Set<Promise<void>>();
  const leave = (name: string): void => {
    const left = running.get(name);
    if (left === undefined) return;
    running.delete(name);
    left.over.abort();
    ending.add(left.task);
    void left.task.finally(() => ending.delete(left.task));
  };
  return {
    follow(wanted) {
      for (const name of running.keys()) if (!wanted.has(name)) leave(name);
      for (const name of wanted) {
        if (running.has(name)) continue;
        const over = new AbortController();
        running.set(name, { over, task: run(name, over.signal) });
      }
    },
    async end() {
      for (const name of running.keys()) leave(name);
      await Promise.all(ending);
    },
  };
}
