import { z } from 'zod';
import { type FeedFrames } from '../stream/feed-frames.ts';
import { eventStream, hello } from '../stream/sse.ts';
import { heartbeatMs, withHeartbeats } from '../stream/with-heartbeats.ts';
import { cursorSchema, resumeAt } from './cursor.ts';
import { type Endpoint, streamEndpoint } from './endpoint.ts';
import { noBody, none } from './input.ts';

export const streamFeed: Endpoint = streamEndpoint({
  id: 'streamFeed',
  summary:
    'Every admitted event, every change of a run, and what is paused or drained, after a cursor or from now on, as it happens',
  params: none,
  query: z.strictObject({ cursor: cursorSchema }),
  body: noBody,
  errors: [],
  types: [eventStream],
  handle: async (needs, { query, headers, signal }) => {
    const after = resumeAt(headers, query.cursor) ?? null;
    return {
      type: eventStream,
      fileName: null,
      chunks: withHeartbeats(needs, frames(needs.feedFrames, after, signal), heartbeatMs, signal),
    };
  },
});

async function* frames(feed: FeedFrames, after: number | null, signal: AbortSignal): AsyncGenerator<string> {
  yield hello;
  yield* feed.follow(after, signal);
}
