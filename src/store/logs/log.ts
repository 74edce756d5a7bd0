import type { LogChunk } from '../../domain/log.ts';
import type { LogPaths } from './files.ts';
import { type LogWriter, openLogWriter } from './writer.ts';

/** A log that somebody writes to. Its files are opened with the first chunk. */
export interface Log {
  /** In the order of the calls. Chunks that wait at the same time are written together. */
  append(chunk: LogChunk): Promise<void>;
  sync(): Promise<void>;
  /** Nothing waits to be written, and all that was written is on disk. */
  isQuiet(): boolean;
  /** Writes and syncs what is left, and closes the files. */
  close(): Promise<void>;
}

interface Waiting {
  readonly chunk: LogChunk;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createLog(paths: LogPaths): Log {
  let waiting: Waiting[] = [];
  let writer: LogWriter | undefined;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        writer ??= await openLogWriter(paths);
        await writer.append(batch.map(({ chunk }) => chunk));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = undefined;
  }

  async function sync(): Promise<void> {
    await writing;
    await writer?.sync();
  }

  return {
    append: chunk =>
      new Promise((resolve, reject) => {
        waiting.push({ chunk, resolve, reject });
        writing ??= write();
      }),
    sync,
    isQuiet: () => writing === undefined && writer?.dirty !== true,
    async close() {
      try {
        await sync();
      } finally {
        await writer?.[Symbol.asyncDispose]();
      }
    },
  };
}
