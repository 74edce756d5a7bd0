import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import type { Api } from './api.ts';
import type { Live } from './live.ts';
import type { Watched } from './state.ts';
import type { FeedItem } from './wire.ts';

/** What every part of the window may ask for. It is put together in `main.tsx`, once. */
export interface Box {
  readonly api: Api;
  readonly live: Live;
  readonly signedIn: Watched<boolean>;
  /** Milliseconds since 1970, once a second. */
  readonly now: Watched<number>;
}

export const BoxContext: ReturnType<typeof createContext<Box | null>> = createContext<Box | null>(null);

export function useBox(): Box {
  const box = useContext(BoxContext);
  if (box === null) throw new Error('a part of the window was drawn outside of it');
  return box;
}

/** Hears every item of the feed while the component is shown, and `onBegin` when the feed has begun. */
export function useFeed(onItem: (item: FeedItem) => void, onBegin: () => void): void {
  const { live } = useBox();
  useEffect(() => {
    const stops = [live.onItem(onItem), live.onBegin(onBegin)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [live, onItem, onBegin]);
}
