import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { SignalboxError } from '../../domain/errors.ts';
import type { RunId } from '../../domain/id.ts';
import { type LogPaths, logPaths, openToRead } from './files.ts';
import { createLog, type Log } from './log.ts';
import type { EndedLog, LogStore } from './log-store.ts';
import type { LogParts } from './parts.ts';
import { lastLine, readLines, readOutput, readRaw } from './reader.ts';
import { partsOf, type ShortLog, shortLogOf } from './short-log.ts';

/** What was printed is on disk after this and the time a sync takes: well under a second. */
const syncEveryMs = 500;
/** A log that nobody wrote to for this many rounds (10 s) is closed. */
const idleRounds = 20;
/** Logs kept open, two files each; more only while more are being written at the same time. */
const mostOpen = 64;

/**
 * Keeps logs under a directory, which is made with the first one, each in two files (what was printed, and an index of its
 * chunks) unless it ended short. `findShort` finds what was stored with the end of a run.
 */
export function createLogs(
  directory: string,
  findShort: (run: RunId) => Promise<ShortLog | undefined>,
): LogStore {
  /** Least recently used first. */
  const open = new Map<RunId, { readonly log: Log; idle: number }>();
  const closing = new Set<Promise<unknown>>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const paths = (run: RunId) => logPaths(directory, run);

  function logOf(run: RunId): Log {
    if (closed) throw new SignalboxError('unavailable', 'the store is closed');
    const found = open.get(run) ?? { log: createLog(paths(run)), idle: 0 };
    open.delete(run);
    closeQuiet(open.size - mostOpen + 1);
    open.set(run, found);
    found.idle = 0;
    timer ??= setInterval(round, syncEveryMs).unref();
    return found.log;
  }

  function round(): void {
    let idle = 0;
    for (const held of open.values()) {
      held.idle += 1;
      if (held.idle > idleRounds) idle += 1;
      // A log that could not be synced stays dirty and has its next turn; whoever waits for `sync` hears of it.
      if (!held.log.isQuiet()) held.log.sync().catch(() => undefined);
    }
    // The idle ones are the least recently used.
    closeQuiet(idle);
    if (open.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  /** Closes some of the least recently used logs; those that are being written stay. */
  function closeQuiet(most: number): void {
    let left = most;
    for (const [run, { log }] of open) {
      if (left <= 0) return;
      if (!log.isQuiet()) continue;
      open.delete(run);
      left -= 1;
      // All of it is on disk already: nothing depends on how the closing of its files ends.
      const end = log
        .close()
        .catch(() => undefined)
        .finally(() => closing.delete(end));
      closing.add(end);
    }
  }

  async function openToReadAll(run: RunId): Promise<LogParts & Disposable> {
    const short = await findShort(run);
    if (short !== undefined) return partsOf(short);
    await open.get(run)?.log.spill();
    const files = await openToRead(paths(run));
    // It may have ended just now.
    return files ?? partsOf((await findShort(run)) ?? shortLogOf([]));
  }

  async function* pieces(
    run: RunId,
    read: (log: LogParts) => AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    using log = await openToReadAll(run);
    yield* read(log);
  }

  return {
    append: (run, chunk) => told(run, 'written', () => logOf(run).append(chunk)),
    end: (run, store) =>
      told(run, 'written', async () => {
        const inFiles = (): EndedLog => ({ kind: 'long', bytes: fileBytes(paths(run)) });
        const held = open.get(run)?.log;
        if (held === undefined) return store(inFiles());
        return held.end(log => store(log === undefined ? inFiles() : { kind: 'short', log }));
      }),
    lines: (run, after, limit) =>
      told(run, 'read', async () => {
        using log = await openToReadAll(run);
        // Awaited here: the files are open as long as they are read.
        return await readLines(log, after, limit);
      }),
    last: run =>
      told(run, 'read', async () => {
        using log = await openToReadAll(run);
        return await lastLine(log);
      }),
    raw: run => toldPieces(run, pieces(run, readRaw)),
    output: (run, after) =>
      toldPieces(
        run,
        pieces(run, log => readOutput(log, after)),
      ),
    forget: run =>
      told(run, 'deleted', async () => {
        const held = open.get(run);
        open.delete(run);
        await held?.log.close();
        await rm(paths(run).index, { force: true });
        await rm(paths(run).bytes, { force: true });
      }),
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      const logs = [...open.values()];
      open.clear();
      await Promise.all([...closing, ...logs.map(({ log }) => log.close())]);
    },
  };
}

function fileBytes({ bytes }: LogPaths): number {
  return statSync(bytes, { throwIfNoEntry: false })?.size ?? 0;
}

async function told<Result>(run: RunId, done: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw logError(run, done, error);
  }
}

async function* toldPieces(run: RunId, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw logError(run, 'read', error);
  }
}

/** Converts what the file system throws. */
function logError(run: RunId, done: string, cause: unknown): SignalboxError {
  if (!(cause instanceof Error && 'syscall' in cause)) return SignalboxError.from(cause);
  return new SignalboxError(
    'unavailable',
    `the log of ${run} cannot be ${done} (${cause.message}): check the disk's free space and the directory's permissions`,
    { cause },
  );
}
