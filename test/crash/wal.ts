import { readFileSync } from 'node:fs';

/** SQLite's log of changes; see "WAL File Format" in its documentation. */
export interface Wal {
  readonly bytes: Buffer;
  /** Differs each time when the log, its changes being in the database, is used from its beginning again. */
  readonly use: string;
  /** Frames of the present use. */
  readonly frames: number;
  /** The offsets right after each of its transactions, in order. */
  readonly commits: readonly number[];
}

const headerBytes = 32;
const frameHeaderBytes = 24;

export function readWal(file: string): Wal {
  const bytes = readFileSync(file);
  const salts = bytes.subarray(16, 24);
  const frameBytes = frameHeaderBytes + bytes.readUInt32BE(8);
  const commits: number[] = [];
  let frames = 0;
  for (let at = headerBytes; at + frameBytes <= bytes.length; at += frameBytes) {
    if (!bytes.subarray(at + 8, at + 16).equals(salts)) break; // of an earlier use
    frames += 1;
    const pagesAfterCommit = bytes.readUInt32BE(at + 4);
    if (pagesAfterCommit > 0) commits.push(at + frameBytes);
  }
  return { bytes, use: salts.toString('hex'), frames, commits };
}
