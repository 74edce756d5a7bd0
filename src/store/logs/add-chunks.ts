import type { LogChunk } from '../../domain/log.ts';
import { type Entry, entryBytes, writeEntry } from './entry.ts';
import { countLines } from './lines.ts';
import type { LogEnd } from './parts.ts';

/** What is to be written behind the end of a log, and where its end is then. */
export interface Addition {
  readonly bytes: Uint8Array;
  readonly index: Uint8Array;
  readonly end: LogEnd;
}

/**
 * What is new of the chunks: repeated ones and those of an older attempt are dropped, and where something is missing a
 * line says so. Undefined when nothing is new.
 */
export function addChunks(end: LogEnd, chunks: readonly LogChunk[]): Addition | undefined {
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
  if (entries.length === 0) return undefined;
  return {
    bytes: joined(pieces),
    index: encode(entries),
    end: { entries: end.entries + entries.length, last, bytes: offset, torn: false },
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
  if (last === undefined && chunk.attempt > 1)
    return line(`attempt ${chunk.attempt - 1} was lost: its output may be missing`);
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
