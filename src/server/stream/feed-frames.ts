import type { Store } from '../../contracts/store.ts';
import type { FeedItem } from '../../domain/feed.ts';
import { type FollowNeeds, feed } from '../../engine/feed.ts';
import type { Journal } from '../../engine/journal.ts';
import { feedItemJson } from '../json/feed.ts';
import { type Batch, createSharedFrames } from './shared-frames.ts';
import { message } from './sse.ts';

/** Read from the store at once for a reader that catches up. */
const pageItems = 500;

export interface FeedFramesNeeds extends FollowNeeds {
  readonly store: FollowNeeds['store'] & Pick<Store, 'feedEnd'>;
  readonly journal: Journal;
}

/** The feed as ready-made frames, built once for all its readers. */
export interface FeedFrames extends AsyncDisposable {
  /** Every item after the cursor, old ones first, without gap or duplicate, until the signal. Null: from now on. */
  follow(after: number | null, signal: AbortSignal): AsyncGenerator<string>;
}

export function createFeedFrames(needs: FeedFramesNeeds): FeedFrames {
  const frames = createSharedFrames<number, string>(needs, 'feed', {
    end: () => needs.store.feedEnd(),
    page: async (after, upTo) => {
      const items = (await needs.store.feed(after, pageItems)).filter(item => item.id <= upTo);
      return batchOf(items) ?? { last: upTo, frame: null };
    },
    async *live(after, signal) {
      for await (const items of feed(needs, after, signal)) {
        const batch = batchOf(items);
        if (batch !== null) yield batch;
      }
    },
  });
  return {
    async *follow(after, signal) {
      const end = await needs.store.feedEnd();
      yield* frames.follow(Math.min(after ?? end, end), signal);
    },
    [Symbol.asyncDispose]: () => frames[Symbol.asyncDispose](),
  };
}

function batchOf(items: readonly FeedItem[]): Batch<number, string> | null {
  const last = items.at(-1);
  return last === undefined
    ? null
    : { last: last.id, frame: items.map(item => message(item.id, feedItemJson(item))).join('') };
}
