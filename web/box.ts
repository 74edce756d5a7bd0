import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import type { Api } from './api.ts';
import type { Live } from './live.ts';
import type { Medians } from './medians.ts';
import type { Watched } from './state.ts';
import type { Shortcut } from './use-keys.ts';
import type { FeedItem } from './wire.ts';

/** What every part of the window may ask for. It is put together in `main.tsx`, once. */
export interface Box {
  readonly api: Api;
  readonly live: Live;
  readonly signedIn: Watched<boolean>;
  readonly medians: Medians;
  /** What the keyboard does on the page that is shown. */
  readonly keys: Watched<readonly Shortcut[]>;
  /** The page that somebody has just come back from: `watchReturns`. */
  readonly cameFrom: Watched<string | null>;
  /** The server's time in milliseconds since 1970, once a second. */
  readonly now: Watched<number>;
}

export const BoxContext: ReturnType<typeof createContext<Box | null>> = createContext<Box | null>(null);

export function useBox(): Box {
  const box = useContext(BoxContext);
  if (box === null) throw new Error('a part of the window was drawn outside of it');
  return box;
}

/** Hears every item of the feed while the component is shown. `onItem` is taken once. */
export function useFeed(onItem: (item: FeedItem) => void): void {
  const { live } = useBox();
  useEffect(() => live.onItem(onItem), [live]);
}

/**
 * Reads again what is shown: for every item of the feed that concerns it, and when the feed begins or goes on, because what
 * was read before may lack what happened in between, or be nothing but an error. Both are taken once.
 */
export function useReload(reload: () => void, concerns: (item: FeedItem) => boolean): void {
  const { live } = useBox();
  useFeed(item => {
    if (concerns(item)) reload();
  });
  useEffect(() => live.onBegin(reload), [live]);
}
