import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../../domain/id.ts';
import { type Entry, entryBytes, readEntry } from './entry.ts';

/** Where a run's log is: what was printed, and the index of its chunks. */
export interface LogPaths {
  readonly directory: string;
  readonly bytes: string;
  readonly index: string;
}

/** By the end of the id, which is chance: no directory gets more than its share of the files. */
export function logPaths(root: string, run: RunId): LogPaths {
  const directory = join(root, run.slice(-2));
  return { directory, bytes: join(directory, `${run}.log`), index: join(directory, `${run}.idx`) };
}

export interface LogFiles extends AsyncDisposable {
  readonly bytes: FileHandle;
  readonly index: FileHandle;
}

/** Opens both files to read; undefined when there are none. */
export async function openToRead(paths: LogPaths): Promise<LogFiles | undefined> {
  try {
    return await openBoth(paths, constants.O_RDONLY);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Opens both files to write, and makes what is missing. */
export async function openToWrite(paths: LogPaths): Promise<LogFiles> {
  const flags = constants.O_RDWR | constants.O_CREAT;
  try {
    return await openBoth(paths, flags);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(paths.directory, { recursive: true, mode: 0o700 });
    return await openBoth(paths, flags);
  }
}

async function openBoth(paths: LogPaths, flags: number): Promise<LogFiles> {
  await using opened = new AsyncDisposableStack();
  const bytes = opened.use(await open(paths.bytes, flags, 0o600));
  const index = opened.use(await open(paths.index, flags, 0o600));
  const keep = opened.move();
  return { bytes, index, [Symbol.asyncDispose]: () => keep.disposeAsync() };
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** How much of a log counts: as many entries as are whole and whose bytes are there. */
export interface LogEnd {
  readonly entries: number;
  readonly last: Entry | undefined;
  readonly bytes: number;
  /** A crash has left more than that. */
  readonly torn: boolean;
}

export async function findEnd(files: LogFiles): Promise<LogEnd> {
  const { size: indexSize } = await files.index.stat();
  const { size: bytesSize } = await files.bytes.stat();
  const ending = (entries: number, last: Entry | undefined): LogEnd => {
    const bytes = last === undefined ? 0 : last.offset + last.length;
    return { entries, last, bytes, torn: bytesSize > bytes || indexSize > entries * entryBytes };
  };
  for (let entries = Math.floor(indexSize / entryBytes); entries > 0; entries--) {
    const last = await entryAt(files, entries - 1);
    if (last !== undefined && last.offset + last.length <= bytesSize) return ending(entries, last);
  }
  return ending(0, undefined);
}

export async function entryAt(files: LogFiles, place: number): Promise<Entry | undefined> {
  return readEntry(await readAt(files.index, place * entryBytes, entryBytes), 0);
}

/** Reads exactly this many bytes, or as many as there are. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const into = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(into, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return into.subarray(0, done);
}

/** Writes all of it. */
export async function writeAt(file: FileHandle, position: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
