import type { FeedItem } from '../../domain/feed.ts';
import { iso } from './time.ts';

/** A feed item: its id, its time, and which event or run it is about. */
export function feedItemJson(item: FeedItem): string {
  return JSON.stringify({ ...item, at: iso(item.at) });
}
