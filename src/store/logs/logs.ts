import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { SignalboxError } from '../../domain/errors.ts';
import type { RunId } from '../../domain/id.ts';
import type { LogChunk, LogLine } from '../../domain/log.ts';
import { logPaths } from './files.ts';
import { createLog, type Log } from './log.ts';
import { readLines, readRaw } from './reader.ts';

/** The logs of all runs, each in two files: what was printed, and an index of its chunks. */
export interface Logs extends AsyncDisposable {
  append(run: RunId, chunk: LogChunk): Promise<void>;
  sync(run: RunId): Promise<void>;
  lines(run: RunId, after: number, limit: number): Promise<readonly LogLine[]>;
  raw(run: RunId): AsyncIterable<Uint8Array>;
  /** How much was printed. At once, so that the order of calls stays what it is. */
  bytes(run: RunId): number;
  forget(run: RunId): Promise<void>;
}

/** What was written is on disk after this and the time a sync takes: well under a second. */
const syncEveryMs = 500;
/** A log that nobody wrote to for this many rounds (10 s) is closed. */
const idleRounds = 20;
/** Logs kept open, two files each; more only while more are being written at the same time. */
const mostOpen = 64;

/** Keeps logs under a directory, which is made with the first one. */
export function createLogs(directory: string): Logs {
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

  return {
    append: (run, chunk) => told(run, 'written', () => logOf(run).append(chunk)),
    sync: run => told(run, 'written', async () => open.get(run)?.log.sync()),
    lines: (run, after, limit) => told(run, 'read', () => readLines(paths(run), after, limit)),
    raw: run => toldPieces(run, readRaw(paths(run))),
    bytes: run => statSync(paths(run).bytes, { throwIfNoEntry: false })?.size ?? 0,
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
