import { useEffect, useState } from 'preact/hooks';

/** A value that several parts of the window watch. */
export interface Watched<T> {
  get(): T;
  /** Tells the watchers, unless it is the same value. */
  set(value: T): void;
  /** Returns what ends the watch. */
  watch(watcher: (value: T) => void): () => void;
}

export function watched<T>(first: T): Watched<T> {
  let current = first;
  const watchers = new Set<(value: T) => void>();
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return;
      current = value;
      for (const watcher of watchers) watcher(value);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** What the view sees in the value now; the component is drawn again when that changes. */
export function useView<T, Seen>(source: Watched<T>, view: (value: T) => Seen): Seen {
  const seen = view(source.get());
  const [, draw] = useState(seen);
  useEffect(() => {
    const look = (): void => draw(() => view(source.get()));
    // It may have changed between drawing and watching.
    look();
    return source.watch(look);
  }, [source, view]);
  return seen;
}

/** The value now; the component is drawn again when it changes. */
export function useWatched<T>(source: Watched<T>): T {
  return useView(source, whole);
}

const whole = <T>(value: T): T => value;
