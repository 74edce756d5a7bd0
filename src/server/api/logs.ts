import { z } from 'zod';
import type { Store } from '../../contracts/store.ts';
import type { RunId } from '../../domain/id.ts';
import type { LogLine } from '../../domain/log.ts';
import { type FollowNeeds, followLog } from '../../engine/feed.ts';
import { endJson, logLineJson } from '../json/log.ts';
import { eventStream, hello, message, named } from '../stream/sse.ts';
import { heartbeatMs, withHeartbeats } from '../stream/with-heartbeats.ts';
import { cursorSchema, resumeAt } from './cursor.ts';
import { type Endpoint, streamEndpoint } from './endpoint.ts';
import { findRun } from './find.ts';
import { byId, noBody } from './input.ts';

/** Lines held in memory for a reader at once. */
const pageLines = 1_000;

const lineStream = 'application/x-ndjson';
const plainText = 'text/plain';
const afterQuery = z.strictObject({ after: cursorSchema });
const showQuery = z.strictObject({
  after: cursorSchema,
  limit: z.coerce.number().int().min(1).max(10_000).optional().describe('without it: all there is'),
  form: z.enum(['lines', 'text']).optional().describe('for links, which cannot say what they accept'),
});

export const showLog: Endpoint = streamEndpoint({
  id: 'showLog',
  summary: 'The log as far as it goes now: a JSON object per line, or text for those who accept only that',
  params: byId,
  query: showQuery,
  body: noBody,
  errors: ['not_found'],
  types: [lineStream, plainText],
  handle: async ({ store }, { params, query, headers }) => {
    const { after = 0, limit = Number.POSITIVE_INFINITY, form } = query;
    const { run } = await findRun(store, params.id);
    if (form === 'lines' || (form === undefined && !prefersText(headers.accept)))
      return {
        type: lineStream,
        fileName: `${run.id}.ndjson`,
        chunks: linesAs(store, run.id, after, limit, logLineJson),
      };
    return {
      type: `${plainText}; charset=utf-8`,
      fileName: `${run.id}.log`,
      chunks:
        after === 0 && query.limit === undefined
          ? store.rawLog(run.id)
          : linesAs(store, run.id, after, limit, line => line.text),
    };
  },
});

export const streamLog: Endpoint = streamEndpoint({
  id: 'streamLog',
  summary:
    'The log from the first line (or after a line) and on as it grows; `event: end` tells how the run ended',
  params: byId,
  query: afterQuery,
  body: noBody,
  errors: ['not_found'],
  types: [eventStream],
  handle: async (needs, { params, query, headers, signal }) => {
    const { run } = await findRun(needs.store, params.id);
    const after = resumeAt(headers, query.after) ?? 0;
    return {
      type: eventStream,
      fileName: null,
      chunks: withHeartbeats(needs, frames(needs, run.id, after, signal), heartbeatMs, signal),
    };
  },
});

/** So many of the stored lines after a line number, a page at a time, up to the present end. */
async function* linesAs(
  store: Pick<Store, 'log'>,
  run: RunId,
  after: number,
  limit: number,
  write: (line: LogLine) => string,
): AsyncGenerator<string> {
  let cursor = after;
  for (let left = limit; left > 0; ) {
    const lines = await store.log(run, cursor, Math.min(left, pageLines));
    const last = lines.at(-1);
    // A page may be short because its lines are long: only an empty one is the end.
    if (last === undefined) return;
    yield lines.map(line => `${write(line)}\n`).join('');
    cursor = last.seq;
    left -= lines.length;
  }
}

async function* frames(
  needs: FollowNeeds,
  run: RunId,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield hello;
  for await (const news of followLog(needs, run, after, signal))
    yield news.kind === 'end'
      ? named('end', endJson(news.status))
      : news.lines.map(line => message(line.seq, logLineJson(line))).join('');
}

/** Whether a client names plain text and not our own form. */
function prefersText(accept: string | undefined): boolean {
  return accept !== undefined && accept.includes(plainText) && !accept.includes(lineStream);
}
