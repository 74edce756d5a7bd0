import type { Store } from '../../contracts/store.ts';
import type { FeedItem } from '../../domain/feed.ts';
import { type FollowNeeds, feed } from '../../engine/feed.ts';
import type { Journal } from '../../engine/journal.ts';
import { loop } from '../../engine/loop.ts';
import { feedItemJson } from '../json/feed.ts';
import { message } from './sse.ts';

/** After a batch the next one is gathered for this long: thousands of readers then cost one write each per batch. */
const gatherMs = 15;
/** Batches kept for readers that are a little behind; who is further behind reads from the store. */
const kept = 64;
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

/**
 * Readers are cursors: nothing is held for a reader that is slow. One loop reads the live end while anybody listens and
 * keeps its latest batches under the cursor before each; a reader takes the batch after its cursor, or a page of the
 * store while it is behind.
 */
export function createFeedFrames(needs: FeedFramesNeeds): FeedFrames {
  const batches = new Map<number, { readonly last: number; readonly frame: string }>();
  const waiting = new Set<() => void>();
  /** The last id of the latest batch. */
  let position = 0;
  let readers = 0;
  let stop = new AbortController();
  let reading: Promise<void> = Promise.resolve();

  return {
    async *follow(after, signal) {
      using _here = join();
      const end = await needs.store.feedEnd();
      let cursor = Math.min(after ?? end, end);
      while (!signal.aborted) {
        const batch = batches.get(cursor);
        if (batch !== undefined) {
          cursor = batch.last;
          yield batch.frame;
        } else if (cursor < position) {
          // Only up to the live position: there the shared batches go on.
          const upTo = position;
          const items = (await needs.store.feed(cursor, pageItems)).filter(item => item.id <= upTo);
          cursor = items.at(-1)?.id ?? upTo;
          if (items.length > 0) yield frameOf(items);
        } else await moved(waiting, signal);
      }
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await reading;
    },
  };

  function join(): Disposable {
    readers += 1;
    if (readers === 1) {
      const { signal } = (stop = new AbortController());
      reading = reading.then(() => read(signal));
    }
    return {
      [Symbol.dispose]: () => {
        readers -= 1;
        if (readers === 0) stop.abort();
      },
    };
  }

  async function read(signal: AbortSignal): Promise<void> {
    batches.clear();
    await loop(needs, 'feed', signal, async () => {
      moveTo(await needs.store.feedEnd());
      for await (const items of feed(needs, position, signal)) {
        const last = items.at(-1)?.id ?? position;
        batches.set(position, { last, frame: frameOf(items) });
        const [oldest] = batches.keys();
        if (batches.size > kept && oldest !== undefined) batches.delete(oldest);
        moveTo(last);
        await needs.clock.sleep(gatherMs, signal);
      }
    });
  }

  function moveTo(id: number): void {
    position = id;
    for (const wake of waiting) wake();
  }
}

const frameOf = (items: readonly FeedItem[]): string =>
  items.map(item => message(item.id, feedItemJson(item))).join('');

/** Resolves when the live end has moved, or the signal aborts. */
function moved(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const wake = () => {
      waiting.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    waiting.add(wake);
    signal.addEventListener('abort', wake);
  });
}
