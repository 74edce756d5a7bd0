import type { LogLine } from '../../domain/log.ts';
import { type Entry, entryBytes, readEntry } from './entry.ts';
import { splitLines } from './lines.ts';
import { entryAt, findEnd, type LogParts, type Part } from './parts.ts';

/** Entries read at once: 32 KB of the index. */
const entriesAtOnce = 1024;
/** A page takes no further chunk beyond this, however few its lines are. */
const pageBytes = 4 * 1024 * 1024;
const rawPieceBytes = 256 * 1024;

/** Up to `limit` lines with `seq > after`, oldest first; fewer when they are long, none only at the end. */
export async function readLines(log: LogParts, after: number, limit: number): Promise<LogLine[]> {
  const { entries, last } = await findEnd(log);
  // Most readers wait at the end.
  if (last === undefined || last.firstSeq + last.lines <= after + 1) return [];
  const lines: LogLine[] = [];
  let place = await placeOf(log.index, entries, after + 1);
  let left = pageBytes;
  while (lines.length < limit && left > 0 && place < entries) {
    const most = Math.min(entries - place, entriesAtOnce);
    for (const { entry, bytes } of await readChunks(log, place, most, after + limit, left)) {
      let seq = entry.firstSeq;
      for (const text of splitLines(bytes)) {
        if (seq > after && lines.length < limit)
          lines.push({ seq, at: entry.at, stream: entry.stream, text });
        seq += 1;
      }
      left -= bytes.length;
      place += 1;
    }
  }
  return lines;
}

/** The number of the last line; 0 when there is none. */
export async function lastLine(log: LogParts): Promise<number> {
  const { last } = await findEnd(log);
  return last === undefined ? 0 : last.firstSeq + last.lines - 1;
}

/** The bytes of a log as they were printed. */
export async function* readRaw(log: LogParts): AsyncGenerator<Uint8Array> {
  const end = await findEnd(log);
  for (let position = 0; position < end.bytes; position += rawPieceBytes)
    yield await log.bytes.read(position, Math.min(rawPieceBytes, end.bytes - position));
}

/** Of the last attempt's bytes those that its programs printed, from behind the first `after` of them on. */
export async function* readOutput(log: LogParts, after: number): AsyncGenerator<Uint8Array> {
  const { entries, last } = await findEnd(log);
  let left = after;
  for (let place = 0; place < entries; place += entriesAtOnce) {
    const index = await log.index.read(
      place * entryBytes,
      Math.min(entries - place, entriesAtOnce) * entryBytes,
    );
    for (let position = 0; position < index.length; position += entryBytes) {
      const entry = readEntry(index, position);
      if (entry === undefined) return;
      if (entry.stream === 'system' || entry.attempt !== last?.attempt) continue;
      if (entry.length > left) yield await log.bytes.read(entry.offset + left, entry.length - left);
      left = Math.max(0, left - entry.length);
    }
  }
}

/** The place of the last entry that begins at or before a line. */
async function placeOf(index: Part, entries: number, seq: number): Promise<number> {
  let low = 0;
  let high = entries - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const entry = await entryAt(index, middle);
    if (entry !== undefined && entry.firstSeq <= seq) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The chunks from a place on that begin at or before line `until`, the first one and as many as fit into `mostBytes`. */
async function readChunks(
  log: LogParts,
  place: number,
  most: number,
  until: number,
  mostBytes: number,
): Promise<readonly { readonly entry: Entry; readonly bytes: Buffer }[]> {
  const index = await log.index.read(place * entryBytes, most * entryBytes);
  const first = readEntry(index, 0);
  if (first === undefined) return [];
  const entries = [first];
  let length = first.length;
  for (let position = entryBytes; position < index.length; position += entryBytes) {
    const entry = readEntry(index, position);
    if (entry === undefined || entry.firstSeq > until || length + entry.length > mostBytes) break;
    entries.push(entry);
    length += entry.length;
  }
  const bytes = await log.bytes.read(first.offset, length);
  return entries.map(entry => {
    const start = entry.offset - first.offset;
    return { entry, bytes: bytes.subarray(start, start + entry.length) };
  });
}
