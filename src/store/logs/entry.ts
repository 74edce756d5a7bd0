import { type LogStream, logStreams } from '../../domain/log.ts';

/**
 * One appended chunk, as a fixed number of bytes of the index file:
 *
 *   0  offset in the bytes file (6)   6  length (4)     10  first line's seq (4)   14  lines (4)
 *  18  time in ms (6)                24  attempt (2)    26  sequence (4)           30  stream (1)   31  mark (1)
 */
export interface Entry {
  readonly offset: number;
  readonly length: number;
  readonly firstSeq: number;
  readonly lines: number;
  readonly at: number;
  readonly attempt: number;
  readonly sequence: number;
  readonly stream: LogStream;
}

export const entryBytes = 32;
/** Not zero: what a power failure leaves of an entry is often a row of zeros. */
const mark = 0xe5;

export function writeEntry(into: Buffer, position: number, entry: Entry): void {
  into.writeUIntLE(entry.offset, position, 6);
  into.writeUInt32LE(entry.length, position + 6);
  into.writeUInt32LE(entry.firstSeq, position + 10);
  into.writeUInt32LE(entry.lines, position + 14);
  into.writeUIntLE(entry.at, position + 18, 6);
  into.writeUInt16LE(entry.attempt, position + 24);
  into.writeUInt32LE(entry.sequence, position + 26);
  into.writeUInt8(logStreams.indexOf(entry.stream), position + 30);
  into.writeUInt8(mark, position + 31);
}

/** Undefined when there is no whole entry. */
export function readEntry(from: Buffer, position: number): Entry | undefined {
  if (from.length < position + entryBytes || from.readUInt8(position + 31) !== mark) return undefined;
  const stream = logStreams[from.readUInt8(position + 30)];
  if (stream === undefined) return undefined;
  return {
    offset: from.readUIntLE(position, 6),
    length: from.readUInt32LE(position + 6),
    firstSeq: from.readUInt32LE(position + 10),
    lines: from.readUInt32LE(position + 14),
    at: from.readUIntLE(position + 18, 6),
    attempt: from.readUInt16LE(position + 24),
    sequence: from.readUInt32LE(position + 26),
    stream,
  };
}
