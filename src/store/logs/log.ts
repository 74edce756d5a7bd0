import { existsSync } from 'node:fs';
import type { LogChunk } from '../../domain/log.ts';
import type { LogPaths } from './files.ts';
import { type ShortLog, shortLogOf } from './short-log.ts';
import { type LogWriter, openLogWriter } from './writer.ts';

/**
 * A log that somebody writes to. Its first chunks are held in memory: most runs are over before anybody has asked for
 * them, and then they are stored with the end of the run, without a file and a sync of its own. Who asks sooner, or
 * half a second, or more than a little output, brings them into files.
 */
export interface Log {
  /** In the order of the calls. Chunks that wait at the same time are written together. */
  append(chunk: LogChunk): Promise<void>;
  /** What is held in memory is in the files afterwards, for everybody to read. */
  spill(): Promise<void>;
  /** All of it is on disk afterwards. */
  sync(): Promise<void>;
  /** Nothing waits to be written, and all that was written is on disk. */
  isQuiet(): boolean;
  /**
   * Has the end of its run stored: with the whole log while that is in memory alone, otherwise after its files are on
   * disk. `store` tells whether that was the end.
   */
  end<Result extends { readonly isEnd: boolean }>(
    store: (log: ShortLog | undefined) => Promise<Result>,
  ): Promise<Result>;
  /** Writes and syncs what is left, and closes the files. */
  close(): Promise<void>;
}

/** More than that goes into files. */
const mostHeldBytes = 16 * 1024;
const mostHeldChunks = 64;

interface Waiting {
  readonly chunk: LogChunk | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createLog(paths: LogPaths): Log {
  let held: LogChunk[] = [];
  let heldBytes = 0;
  let waiting: Waiting[] = [];
  let writer: LogWriter | undefined;
  let writing: Promise<void> | undefined;
  /** While the end of the run is being stored with what is held. */
  let ending: Promise<unknown> | undefined;

  const mayHold = ({ bytes }: LogChunk): boolean =>
    writer === undefined &&
    writing === undefined &&
    held.length < mostHeldChunks &&
    heldBytes + bytes.length <= mostHeldBytes;

  function hold(chunk: LogChunk): void {
    // A copy: the bytes are the caller's again when this returns.
    held.push({ ...chunk, bytes: Uint8Array.from(chunk.bytes) });
    heldBytes += chunk.bytes.length;
  }

  async function write(): Promise<void> {
    await ending;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const chunks = [...held, ...batch.flatMap(({ chunk }) => chunk ?? [])];
      try {
        if (chunks.length > 0) writer ??= await openLogWriter(paths);
        await writer?.append(chunks);
        held = [];
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = undefined;
  }

  function written(chunk: LogChunk | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ chunk, resolve, reject });
      writing ??= write();
    });
  }

  async function spill(): Promise<void> {
    if (held.length > 0) await written(undefined);
  }

  async function sync(): Promise<void> {
    await spill();
    await writing;
    await writer?.sync();
  }

  async function endHeld<Result extends { readonly isEnd: boolean }>(
    store: (log: ShortLog) => Promise<Result>,
  ): Promise<Result> {
    const storing = store(shortLogOf(held));
    ending = storing.catch(() => undefined);
    try {
      const result = await storing;
      if (result.isEnd) held = [];
      return result;
    } finally {
      ending = undefined;
    }
  }

  return {
    append(chunk) {
      if (!mayHold(chunk)) return written(chunk);
      hold(chunk);
      return Promise.resolve();
    },
    spill,
    sync,
    isQuiet: () => held.length === 0 && writing === undefined && writer?.dirty !== true,
    async end(store) {
      // An earlier attempt, or an earlier life of this process, may have left files.
      if (held.length > 0 && writing === undefined && !existsSync(paths.index)) return endHeld(store);
      await sync();
      return store(undefined);
    },
    async close() {
      try {
        await sync();
      } finally {
        writer?.[Symbol.dispose]();
      }
    },
  };
}
