import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdir,
  open,
  read,
  write,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunId } from '../../domain/id.ts';
import type { LogParts, Part } from './parts.ts';

/**
 * What is little is written at once: the way to another thread and back takes longer than ten such calls. What is large,
 * and what waits for the disk, goes that way.
 */
const littleBytes = 16 * 1024;

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

/** An open file. */
export interface LogFile extends Part {
  /** Writes all of it. */
  write(position: number, bytes: Uint8Array): Promise<void>;
  truncate(length: number): void;
  /** Resolves when what was written is on disk. */
  sync(): Promise<void>;
}

/** Both files. Nothing may be under way when they are disposed. */
export interface LogFiles extends LogParts, Disposable {
  readonly bytes: LogFile;
  readonly index: LogFile;
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
    await makeDirectory(paths.directory, { recursive: true, mode: 0o700 });
    return await openBoth(paths, flags);
  }
}

async function openBoth(paths: LogPaths, flags: number): Promise<LogFiles> {
  using opened = new DisposableStack();
  const bytes = opened.adopt(await openFile(paths.bytes, flags, 0o600), closeSync);
  const index = opened.adopt(await openFile(paths.index, flags, 0o600), closeSync);
  const keep = opened.move();
  return { bytes: logFile(bytes), index: logFile(index), [Symbol.dispose]: () => keep.dispose() };
}

function logFile(file: number): LogFile {
  return {
    sizeBytes: () => fstatSync(file).size,
    truncate: length => ftruncateSync(file, length),
    sync: () => syncData(file),
    async read(position, length) {
      const into = Buffer.allocUnsafe(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await readSome(file, into, done, length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return into.subarray(0, done);
    },
    async write(position, bytes) {
      for (let done = 0; done < bytes.length; ) {
        const left = bytes.length - done;
        done +=
          left <= littleBytes
            ? writeSync(file, bytes, done, left, position + done)
            : (await writeSome(file, bytes, done, left, position + done)).bytesWritten;
      }
    },
  };
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const makeDirectory = promisify(mkdir);
const openFile = promisify(open);
const readSome = promisify(read);
const writeSome = promisify(write);
const syncData = promisify(fdatasync);
