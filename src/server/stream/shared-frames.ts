import type { Clock } from '../../contracts/clock.ts';
import type { Journal } from '../../engine/journal.ts';
import { loop } from '../../engine/loop.ts';

/** After a batch the next one is gathered for this long: thousands of readers then cost one write each per batch. */
const gatherMs = 15;
/** Batches kept for readers that are a little behind; who is further behind reads from the store. */
const kept = 64;
/** They hold no more than this many bytes or characters. */
const keptLength = 8 * 1024 * 1024;

/** Some items as they go to readers; `last` is the cursor behind them. */
export interface Batch<Cursor, Frame> {
  readonly last: Cursor;
  /** Null: there is nothing in it that could be sent. */
  readonly frame: Frame | null;
}

/** A numbered stream in the store. Places only grow. */
export interface Numbered<Cursor, Frame> {
  /** The place of the newest item. */
  end(): Promise<Cursor>;
  /** The next items after a place, up to another and not beyond; where there are none, `last` is that other place. */
  page(after: Cursor, upTo: Cursor): Promise<Batch<Cursor, Frame>>;
  /** All items after a place, as they come. */
  live(after: Cursor, signal: AbortSignal): AsyncIterable<Batch<Cursor, Frame>>;
}

/** A numbered stream as ready-made frames, built once for all its readers. */
export interface SharedFrames<Cursor, Frame> extends AsyncDisposable {
  /** Every item after the cursor, old ones first, without gap or duplicate, until the signal. */
  follow(after: Cursor, signal: AbortSignal): AsyncGenerator<Frame>;
}

/**
 * Readers are cursors: nothing is held for a reader that is slow. One loop reads the live end while anybody listens and
 * keeps its latest batches under the cursor before each; a reader takes the batch after its cursor, or a page of the
 * store while it is behind.
 */
export function createSharedFrames<Cursor extends number | bigint, Frame extends { readonly length: number }>(
  needs: { readonly clock: Clock; readonly journal: Journal },
  name: string,
  stream: Numbered<Cursor, Frame>,
): SharedFrames<Cursor, Frame> {
  const batches = new Map<Cursor, Batch<Cursor, Frame>>();
  const waiting = new Set<() => void>();
  /** The place of the last item of the latest batch; null before the live end is known. */
  let position: Cursor | null = null;
  let length = 0;
  let readers = 0;
  let stop = new AbortController();
  let reading: Promise<void> = Promise.resolve();

  return {
    async *follow(after, signal) {
      using _here = join();
      let cursor = after;
      while (!signal.aborted) {
        const shared = batches.get(cursor);
        if (shared === undefined && (position === null || cursor >= position)) {
          await moved(waiting, signal);
          continue;
        }
        // Only up to the live end: there the shared batches go on.
        const batch = shared ?? (await stream.page(cursor, position ?? cursor));
        cursor = batch.last;
        if (batch.frame !== null) yield batch.frame;
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
    await loop(needs, name, signal, async () => {
      batches.clear();
      length = 0;
      let cursor = await stream.end();
      moveTo(cursor);
      for await (const batch of stream.live(cursor, signal)) {
        keep(cursor, batch);
        cursor = batch.last;
        moveTo(cursor);
        await needs.clock.sleep(gatherMs, signal);
      }
    });
  }

  function keep(after: Cursor, batch: Batch<Cursor, Frame>): void {
    batches.set(after, batch);
    length += batch.frame?.length ?? 0;
    for (const [oldest, { frame }] of batches) {
      if (batches.size === 1 || (batches.size <= kept && length <= keptLength)) return;
      batches.delete(oldest);
      length -= frame?.length ?? 0;
    }
  }

  function moveTo(place: Cursor): void {
    position = place;
    for (const wake of waiting) wake();
  }
}

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
