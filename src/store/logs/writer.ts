import type { LogChunk } from '../../domain/log.ts';
import { addChunks } from './add-chunks.ts';
import { entryBytes } from './entry.ts';
import { type LogPaths, openToWrite } from './files.ts';
import { findEnd } from './parts.ts';

/** The end of a log that is being written. One call at a time; `sync` may come at any time. */
export interface LogWriter extends Disposable {
  /** Writes what is new of the chunks: repeated ones and those of an older attempt are dropped. All or nothing. */
  append(chunks: readonly LogChunk[]): Promise<void>;
  /** Whether something was written that is not known to be on disk. */
  readonly dirty: boolean;
  sync(): Promise<void>;
}

/** Opens a log to write on where it ends; what a crash left half-written is cut off. */
export async function openLogWriter(paths: LogPaths): Promise<LogWriter> {
  using opened = new DisposableStack();
  const files = opened.use(await openToWrite(paths));
  let end = await findEnd(files);
  if (end.torn) {
    files.bytes.truncate(end.bytes);
    files.index.truncate(end.entries * entryBytes);
  }
  let dirty = end.torn;
  let syncing: Promise<void> | undefined;

  async function append(chunks: readonly LogChunk[]): Promise<void> {
    const addition = addChunks(end, chunks);
    if (addition === undefined) return;
    // Both at once: an entry counts only when its bytes are there. Until the end is moved, what a failed write left
    // behind is simply written over by the next one.
    dirty = true;
    await allDone([
      files.bytes.write(end.bytes, addition.bytes),
      files.index.write(end.entries * entryBytes, addition.index),
    ]);
    end = addition.end;
  }

  async function syncOnce(): Promise<void> {
    dirty = false;
    try {
      await allDone([files.bytes.sync(), files.index.sync()]);
    } catch (error) {
      dirty = true;
      throw error;
    } finally {
      syncing = undefined;
    }
  }

  const keep = opened.move();
  return {
    append,
    get dirty() {
      return dirty || syncing !== undefined;
    },
    async sync() {
      // What was written after a sync began needs another one.
      while (dirty || syncing !== undefined) {
        syncing ??= syncOnce();
        await syncing;
      }
    },
    [Symbol.dispose]: () => keep.dispose(),
  };
}

/** Fails when one of them failed, but not before all have ended. */
async function allDone(works: readonly Promise<void>[]): Promise<void> {
  for (const work of await Promise.allSettled(works)) if (work.status === 'rejected') throw work.reason;
}
