import { Readable } from 'node:stream';
import type { FastifyReply, RouteHandlerMethod } from 'fastify';
import { SignalboxError } from '../../domain/errors.ts';
import type { Journal } from '../../engine/journal.ts';
import type { DoorLimits } from '../door-limits.ts';
import { eventStream } from '../stream/sse.ts';
import { watchCaller } from '../stream/watch-caller.ts';
import type { Endpoint, Stream } from './endpoint.ts';
import type { ApiNeeds } from './needs.ts';

/** Read ahead for a stream's reader; what is slower than that waits in the store. */
const aheadBytes = 64 * 1024;

/** Ties an endpoint to HTTP: a request becomes its call, its reply an answer. */
export function serveEndpoint(
  needs: ApiNeeds,
  endpoint: Endpoint,
  life: { readonly closing: AbortSignal } & Pick<DoorLimits, 'stalledMs' | 'callerLookMs'>,
): RouteHandlerMethod {
  return async (request, reply) => {
    const { params, query, body, headers, caller } = request;
    if (caller === null) throw new SignalboxError('unauthenticated', 'sign in first');
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    const signal = AbortSignal.any([life.closing, gone.signal]);
    const answer = await endpoint.handle(needs, { params, query, body, headers, caller, signal });
    switch (answer.kind) {
      case 'json':
        return reply.code(answer.status).send(answer.body);
      case 'stream':
        if (answer.stream.type === eventStream)
          watchCaller(needs, caller.isKnown, life.callerLookMs, signal, () => gone.abort()).catch(error => {
            needs.journal.note({ kind: 'trouble', where: `stream of ${request.url}`, error });
            gone.abort();
          });
        return sendStream(needs.journal, reply, answer.stream, life.stalledMs);
    }
  };
}

/** Sends as fast as the client reads; who does not read at all for a while is cut off and may come back with a cursor. */
function sendStream(
  journal: Journal,
  reply: FastifyReply,
  { type, fileName, chunks }: Stream,
  stalledMs: number,
): FastifyReply {
  reply.raw.setTimeout(stalledMs, () => reply.raw.destroy());
  const body = Readable.from(chunks, { objectMode: false, highWaterMark: aheadBytes });
  body.on('error', error =>
    journal.note({ kind: 'trouble', where: `stream of ${reply.request.url}`, error }),
  );
  // What a job has printed never becomes a page of ours, whatever a browser takes it for.
  if (fileName !== null) void reply.header('content-disposition', `attachment; filename="${fileName}"`);
  return reply.type(type).header('x-accel-buffering', 'no').send(body);
}
