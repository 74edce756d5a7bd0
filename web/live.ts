import { address } from './api.ts';
import { type Watched, watched } from './state.ts';
import { openStream } from './stream.ts';
import type { FeedItem } from './wire.ts';

/** Whether the window hears what happens, as it happens. */
export type Connection = 'connecting' | 'live' | 'away';

/** What the server tells of its own accord. */
export interface Live {
  readonly connection: Watched<Connection>;
  /** Every item from the beginning of the feed on, in order, also over interruptions. Returns what ends it. */
  onItem(listener: (item: FeedItem) => void): () => void;
  /**
   * The feed has begun, or goes on: what was read before may lack what happened in between, and what was asked for
   * meanwhile may have got no answer. Returns what ends it.
   */
  onBegin(listener: () => void): () => void;
  /** Nothing more is heard. */
  stop(): void;
}

/** Nothing is told to whom nobody knows. */
export function silence(): Live {
  return {
    connection: watched<Connection>('away'),
    onItem: () => () => undefined,
    onBegin: () => () => undefined,
    stop: () => undefined,
  };
}

/** Opens the feed. */
export function listen(refused: () => void): Live {
  const connection = watched<Connection>('connecting');
  const items = new Set<(item: FeedItem) => void>();
  const begins = new Set<() => void>();

  const stop = openStream({
    address: address.feed,
    opened() {
      connection.set('live');
      for (const begin of begins) begin();
    },
    message(data) {
      const item: FeedItem = JSON.parse(data);
      for (const listener of items) listener(item);
    },
    ended: () => connection.set('away'),
    interrupted: () => connection.set('away'),
    refused,
  });

  return {
    connection,
    onItem(listener) {
      items.add(listener);
      return () => items.delete(listener);
    },
    onBegin(listener) {
      begins.add(listener);
      return () => begins.delete(listener);
    },
    stop,
  };
}
