import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SignalboxError } from '../domain/errors.ts';
import { type LogStream, logStreams } from '../domain/log.ts';
import { type Outcome, outcomes } from '../domain/run.ts';
import { readAnswer } from './answer.ts';
import { foreign } from './answer-errors.ts';
import type { Api } from './client.ts';
import { readEventStream } from './event-stream.ts';
import type { CliIo } from './io.ts';

export interface LogLine {
  readonly seq: number;
  readonly at: string;
  readonly stream: LogStream;
  readonly text: string;
}
const logLine: z.ZodType<LogLine> = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  stream: z.enum(logStreams),
  text: z.string(),
});

/** How a followed run ended. */
export interface End {
  readonly outcome: Outcome;
  readonly exitCode: number | null;
  readonly reason: string | null;
}
const end: z.ZodType<End> = z.object({
  outcome: z.enum(outcomes),
  exitCode: z.int().nullable(),
  reason: z.string().nullable(),
});

/** A server that restarts is back by then; the wait doubles up to the longest. */
const firstWaitMs = 250;
const longestWaitMs = 4_000;
const giveUpAfterMs = 60_000;

/**
 * Gives all lines of a run's log to `take`, as they come, each once, until the run ends; returns how. A broken
 * connection is taken up again where it broke; only a server that was never there, or stays away, is an error.
 */
export async function followLog(
  io: Pick<CliIo, 'signal' | 'now'>,
  api: Api,
  runPath: string,
  take: (line: LogLine, json: string) => Promise<void>,
): Promise<End> {
  let seen = 0;
  let heardAt: number | null = null;
  let waitMs = firstWaitMs;
  for (;;) {
    try {
      const headers = { accept: 'text/event-stream', ...(seen > 0 ? { 'last-event-id': String(seen) } : {}) };
      const bytes = overheard(api.stream(`${runPath}/log/stream`, headers), () => {
        heardAt = io.now();
      });
      for await (const { event, data } of readEventStream(bytes)) {
        waitMs = firstWaitMs;
        if (event === 'end') return readAnswer(api.server.admin, data, end).value;
        if (event !== 'message') continue;
        const line = parseLogLine(api, data);
        if (line.seq <= seen) continue;
        seen = line.seq;
        await take(line, data);
      }
      if (heardAt === null) throw foreign(api.server.admin, 'an empty stream');
    } catch (error) {
      const passing = error instanceof SignalboxError && error.retryable;
      if (!passing || heardAt === null || io.now() - heardAt > giveUpAfterMs) throw error;
    }
    await sleep(waitMs, undefined, { signal: io.signal });
    waitMs = Math.min(2 * waitMs, longestWaitMs);
  }
}

/** The same bytes; tells when some came. */
async function* overheard(bytes: AsyncIterable<Uint8Array>, heard: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    heard();
    yield piece;
  }
}

/** A line as the API writes it. */
export const parseLogLine = (api: Api, json: string): LogLine =>
  readAnswer(api.server.admin, json, logLine).value;
