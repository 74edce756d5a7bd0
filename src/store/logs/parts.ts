import { type Entry, entryBytes, readEntry } from './entry.ts';

/** Bytes that can be read from anywhere. */
export interface Part {
  sizeBytes(): number;
  /** Exactly this many bytes, or as many as there are. */
  read(position: number, length: number): Promise<Buffer>;
}

/** A log to read: what was printed, and the index of its chunks. */
export interface LogParts {
  readonly bytes: Part;
  readonly index: Part;
}

/** How much of a log counts: as many entries as are whole and whose bytes are there. */
export interface LogEnd {
  readonly entries: number;
  readonly last: Entry | undefined;
  readonly bytes: number;
  /** A crash has left more than that. */
  readonly torn: boolean;
}

/** The end of a log that has nothing yet. */
export const noEnd: LogEnd = { entries: 0, last: undefined, bytes: 0, torn: false };

export async function findEnd({ index, bytes }: LogParts): Promise<LogEnd> {
  const indexSize = index.sizeBytes();
  const bytesSize = bytes.sizeBytes();
  const ending = (entries: number, last: Entry | undefined): LogEnd => {
    const length = last === undefined ? 0 : last.offset + last.length;
    return { entries, last, bytes: length, torn: bytesSize > length || indexSize > entries * entryBytes };
  };
  for (let entries = Math.floor(indexSize / entryBytes); entries > 0; entries--) {
    const last = await entryAt(index, entries - 1);
    if (last !== undefined && last.offset + last.length <= bytesSize) return ending(entries, last);
  }
  return ending(0, undefined);
}

export async function entryAt(index: Part, place: number): Promise<Entry | undefined> {
  return readEntry(await index.read(place * entryBytes, entryBytes), 0);
}
