import { SignalboxError } from '../../domain/errors.ts';
import type { RunId } from '../../domain/id.ts';
import type { Engine } from '../engine.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { LogParts } from '../logs/parts.ts';
import { lastLine, readLines, readOutput, readRaw } from '../logs/reader.ts';
import { partsOf, type ShortLog } from '../logs/short-log.ts';
import type { Output } from '../operations.ts';
import type { Bucket } from './bucket.ts';
import { createGrowingLog, type GrowingLog } from './growing-log.ts';
import { moveTails } from './mover.ts';
import { partsOfObjects } from './object-parts.ts';

/** What was printed is in the database after this and the time of a transaction: well under a second. */
const flushEveryMs = 500;
/** A log that nobody wrote to for this many rounds (10 s) is not held any longer. */
const idleRounds = 20;
/** Tails are looked for this often; after a failure at most this seldom. */
const moveEveryMs = 2_000;
const longestRestMs = 60_000;

/**
 * Keeps logs where several control planes read them. What is printed goes into the database within half a second, where
 * every reader finds it; from there it moves into a bucket, in objects of some megabytes. While the bucket cannot be
 * written, logs stay in the database: nothing is lost, and what is live is read as before.
 */
export function createObjectLogs(
  engine: Engine,
  bucket: Bucket,
  trouble: (error: unknown) => void,
  /** Whether other control planes may hear the next chunk of a run: then this one's is stored before it counts as heard. */
  isHeardByOthers: boolean,
): LogStore {
  const open = new Map<RunId, { readonly log: GrowingLog; idle: number }>();
  let closed = false;
  let restMs = moveEveryMs;
  let moving: Promise<void> = Promise.resolve();
  const flushTimer = setInterval(round, flushEveryMs).unref();
  let moveTimer = setTimeout(move, restMs).unref();

  function logOf(run: RunId): GrowingLog {
    if (closed) throw new SignalboxError('unavailable', 'the store is closed');
    const found = open.get(run) ?? { log: createGrowingLog(engine, run), idle: 0 };
    open.set(run, found);
    found.idle = 0;
    return found.log;
  }

  function round(): void {
    for (const [run, held] of open) {
      held.idle += 1;
      // What could not be stored is held, and has its next turn; whoever waits for it hears why.
      if (!held.log.isQuiet()) held.log.flush().catch(() => undefined);
      else if (held.idle > idleRounds) open.delete(run);
    }
  }

  function move(): void {
    moving = moveTails({ engine, bucket }).then(
      () => {
        restMs = moveEveryMs;
      },
      (error: unknown) => {
        restMs = Math.min(restMs * 2, longestRestMs);
        trouble(error);
      },
    );
    void moving.then(() => {
      if (!closed) moveTimer = setTimeout(move, restMs).unref();
    });
  }

  /** What is stored of a log from a line on; of one that ended short, all. */
  async function partsFrom(run: RunId, from: number): Promise<Output<'logParts'> | ShortLog> {
    const short = await engine.call('shortLog', run);
    if (short !== undefined) return short;
    await open.get(run)?.log.flush();
    const found = await engine.call('logParts', { run, from });
    if (found.tail.length + found.objects.length > 0) return found;
    // It may have ended just now.
    return (await engine.call('shortLog', run)) ?? found;
  }

  async function whole(run: RunId): Promise<LogParts> {
    const found = await partsFrom(run, 0);
    return 'tail' in found ? partsOfObjects(bucket, found) : partsOf(found);
  }

  return {
    async append(run, chunk) {
      const log = logOf(run);
      await log.append(chunk);
      if (isHeardByOthers) await log.flush();
    },
    async end(run, store) {
      const held = open.get(run)?.log;
      if (held === undefined) return store({ kind: 'in parts' });
      const ended = await held.end(log =>
        store(log === undefined ? { kind: 'in parts' } : { kind: 'short', log }),
      );
      if (ended.isEnd) open.delete(run);
      return ended;
    },
    async lines(run, after, limit) {
      const found = await partsFrom(run, after + 1);
      if (!('tail' in found)) return readLines(partsOf(found), after, limit);
      // A page ends where its object ends: whoever reads on reads the next one.
      const [object] = found.objects;
      const page = object === undefined ? found : { objects: [object], tail: [] };
      return readLines(partsOfObjects(bucket, page), after, limit);
    },
    async last(run) {
      const short = await engine.call('shortLog', run);
      if (short !== undefined) return lastLine(partsOf(short));
      await open.get(run)?.log.flush();
      const { last } = await engine.call('logEnd', run);
      if (last !== undefined) return last.firstSeq + last.lines - 1;
      // It may have ended just now.
      const ended = await engine.call('shortLog', run);
      return ended === undefined ? 0 : lastLine(partsOf(ended));
    },
    async *raw(run) {
      yield* readRaw(await whole(run));
    },
    async *output(run, after) {
      yield* readOutput(await whole(run), after);
    },
    async forget(run) {
      open.delete(run);
      const { objects, tail } = await engine.call('logParts', { run, from: 0 });
      for (const { key } of objects) await bucket.delete(key);
      if (objects.length + tail.length > 0) await engine.call('forgetLogParts', run);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(flushTimer);
      clearTimeout(moveTimer);
      await moving;
      await Promise.all([...open.values()].map(({ log }) => log.flush()));
    },
  };
}
