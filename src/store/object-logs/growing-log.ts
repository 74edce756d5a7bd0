import type { RunId } from '../../domain/id.ts';
import type { LogChunk } from '../../domain/log.ts';
import type { Engine } from '../engine.ts';
import { addChunks } from '../logs/add-chunks.ts';
import { entryBytes } from '../logs/entry.ts';
import type { LogEnd } from '../logs/parts.ts';
import { type ShortLog, shortLogOf } from '../logs/short-log.ts';

/** A log that is being written: its latest chunks are held in memory, the others are in the database. */
export interface GrowingLog {
  /** Holds the chunk; waits for the database only when much is held. */
  append(chunk: LogChunk): Promise<void>;
  /** What is held is in the database afterwards, for everybody to read. */
  flush(): Promise<void>;
  isQuiet(): boolean;
  /**
   * Has the end of its run stored: with the whole log while that is in memory alone, and short; otherwise after it is in
   * the database. `store` tells whether that was the end.
   */
  end<Result extends { readonly isEnd: boolean }>(
    store: (log: ShortLog | undefined) => Promise<Result>,
  ): Promise<Result>;
}

/** More that is not stored makes who appends wait. */
const mostHeldBytes = 1024 * 1024;
/** A longer log is not short. */
const mostShortBytes = 16 * 1024;

export function createGrowingLog(engine: Engine, run: RunId): GrowingLog {
  let held: LogChunk[] = [];
  let heldBytes = 0;
  let flushing: Promise<void> | undefined;
  /** As this control plane has seen it; undefined: it has to look. */
  let end: LogEnd | undefined;
  /** While the end of the run is being stored with what is held. */
  let ending: Promise<unknown> | undefined;

  async function write(chunks: readonly LogChunk[]): Promise<void> {
    for (;;) {
      end ??= await engine.call('logEnd', run);
      const addition = addChunks(end, chunks);
      if (addition?.end.last === undefined) return;
      const { bytes, index, end: moved } = addition;
      const { firstSeq, lines } = addition.end.last;
      const isAdded = await engine.call('addLogPart', {
        run,
        entry: end.entries,
        until_seq: firstSeq + lines,
        bytes,
        chunks: index,
        entries: moved.entries,
        last: index.subarray(-entryBytes),
      });
      // Somebody else has added to it, or this was stored and the answer got lost: what is new of it shows on another look.
      end = isAdded ? moved : undefined;
      if (isAdded) return;
    }
  }

  async function flushHeld(): Promise<void> {
    // More may come while these are on their way.
    const chunks = [...held];
    try {
      await write(chunks);
      held = held.slice(chunks.length);
      heldBytes = held.reduce((sum, { bytes }) => sum + bytes.length, 0);
    } catch (error) {
      end = undefined;
      throw error;
    } finally {
      flushing = undefined;
    }
  }

  async function flush(): Promise<void> {
    await ending;
    // What came while another flush was under way needs one more.
    await flushing;
    while (held.length > 0) await (flushing ??= flushHeld());
  }

  return {
    async append(chunk) {
      // Who is not told that it is stored says it again, for as long as the database is away.
      const isHeld = held.some(
        ({ attempt, sequence }) => attempt === chunk.attempt && sequence === chunk.sequence,
      );
      if (!isHeld) {
        // A copy: the bytes are the caller's again when this returns.
        held.push({ ...chunk, bytes: Uint8Array.from(chunk.bytes) });
        heldBytes += chunk.bytes.length;
      }
      if (heldBytes > mostHeldBytes) await flush();
    },
    flush,
    isQuiet: () => held.length === 0 && flushing === undefined,
    async end(store) {
      await flushing;
      const mayBeShort = held.length > 0 && heldBytes <= mostShortBytes;
      if (mayBeShort) end ??= await engine.call('logEnd', run);
      // The next round may have begun to store it meanwhile.
      if (!mayBeShort || flushing !== undefined || end?.entries !== 0) {
        await flush();
        return store(undefined);
      }
      const storing = store(shortLogOf(held));
      ending = storing.catch(() => undefined);
      try {
        const result = await storing;
        if (result.isEnd) {
          held = [];
          heldBytes = 0;
        }
        return result;
      } finally {
        ending = undefined;
      }
    },
  };
}
