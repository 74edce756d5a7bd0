import type { LogChunk } from '../../domain/log.ts';
import { type Entry, entryBytes, writeEntry } from './entry.ts';
import { findEnd, type LogPaths, openToWrite, writeAt } from './files.ts';
import { countLines } from './lines.ts';

/** The end of a log that is being written. One call at a time; `sync` may come at any time. */
export interface LogWriter extends AsyncDisposable {
  /** Writes what is new of the chunks: repeated ones and those of an older attempt are dropped. All or nothing. */
  append(chunks: readonly LogChunk[]): Promise<void>;
  /** Whether something was written that is not known to be on disk. */
  readonly dirty: boolean;
  sync(): Promise<void>;
}

/** Opens a log to write on where it ends; what a crash left half-written is cut off. */
export async function openLogWriter(paths: LogPaths): Promise<LogWriter> {
  await using opened = new AsyncDisposableStack();
  const files = opened.use(await openToWrite(paths));
  let end = await findEnd(files);
  if (end.torn) {
    await files.bytes.truncate(end.bytes);
    await files.index.truncate(end.entries * entryBytes);
  }
  let dirty = end.torn;
  let syncing: Promise<void> | undefined;

  async function append(chunks: readonly LogChunk[]): Promise<void> {
    const pieces: Uint8Array[] = [];
    const entries: Entry[] = [];
    let { last, bytes: offset } = end;
    const add = ({ bytes, ...chunk }: LogChunk): void => {
      const firstSeq = last === undefined ? 1 : last.firstSeq + last.lines;
      last = { ...chunk, offset, length: bytes.length, firstSeq, lines: countLines(bytes) };
      offset += bytes.length;
      pieces.push(bytes);
      entries.push(last);
    };
    let gapKnown = !end.torn;
    for (const chunk of chunks) {
      if (last !== undefined && isRepeated(chunk, last)) continue;
      const gap = gapKnown ? gapBefore(chunk, last) : interrupted;
      gapKnown = true;
      // It settles all up to the chunk, so that a crash between the two does not repeat it.
      if (gap !== undefined) add({ ...chunk, sequence: chunk.sequence - 1, stream: 'system', bytes: gap });
      add(chunk);
    }
    if (entries.length === 0) return;
    // Both at once: an entry counts only when its bytes are there. Until the end is moved, what a failed write left
    // behind is simply written over by the next one.
    dirty = true;
    await allDone([
      writeAt(files.bytes, end.bytes, joined(pieces)),
      writeAt(files.index, end.entries * entryBytes, encode(entries)),
    ]);
    end = { entries: end.entries + entries.length, last, bytes: offset, torn: false };
  }

  async function syncOnce(): Promise<void> {
    dirty = false;
    try {
      await allDone([files.bytes.datasync(), files.index.datasync()]);
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
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}

const isRepeated = (chunk: LogChunk, last: Entry): boolean =>
  chunk.attempt < last.attempt || (chunk.attempt === last.attempt && chunk.sequence <= last.sequence);

const line = (text: string): Uint8Array => Buffer.from(`${text}\n`);
const interrupted = line('output may be missing here: storing it was interrupted');

/** What is to be said before the chunk, when it does not follow what is there. */
function gapBefore(chunk: LogChunk, last: Entry | undefined): Uint8Array | undefined {
  // There is a next attempt only where one was lost.
  if (last !== undefined && chunk.attempt > last.attempt)
    return line(`attempt ${last.attempt} was lost: the end of its output may be missing`);
  const expected = last === undefined ? 1 : last.sequence + 1;
  return chunk.sequence > expected ? line('output is missing here: it never arrived') : undefined;
}

const joined = (pieces: readonly Uint8Array[]): Uint8Array => {
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces);
};

function encode(entries: readonly Entry[]): Buffer {
  const bytes = Buffer.alloc(entries.length * entryBytes);
  for (const [place, entry] of entries.entries()) writeEntry(bytes, place * entryBytes, entry);
  return bytes;
}

/** Fails when one of them failed, but not before all have ended. */
async function allDone(works: readonly Promise<void>[]): Promise<void> {
  for (const work of await Promise.allSettled(works)) if (work.status === 'rejected') throw work.reason;
}
