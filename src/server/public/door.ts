import type { FastifyInstance } from 'fastify';
import { SignalboxError } from '../../domain/errors.ts';
import { createBodyRoom } from '../../lib/body-room.ts';
import { createServer } from '../create-server.ts';
import type { DoorLimits } from '../door-limits.ts';
import { addHealthz } from '../healthz.ts';
import type { Probe } from '../probe.ts';
import { failure, sendProblem } from '../problem.ts';
import { createSpindle, type SpindleNeeds } from '../spindle/spindle.ts';
import { checkAtDoor, isTaken } from './check-at-door.ts';
import { type DeliverNeeds, deliver } from './deliver.ts';
import { type HooksNeeds, serveHooksAtDoor } from './hooks.ts';
import { readBody } from './read-body.ts';
import { hasBody, type SpeakNeeds, speak } from './speak.ts';

/** Room for so many of the longest bodies; each is copied once when it is whole. */
const longestAtATime = 4;

/**
 * The door that faces strangers. It says yes with ids, and no with a status and always the same words: nobody learns
 * from it which part of a request was wrong.
 */
export function createPublicDoor(
  needs: DeliverNeeds & SpeakNeeds & HooksNeeds & Omit<SpindleNeeds, 'probe'> & { readonly version: string },
  probe: Probe,
  options: {
    readonly bodyLimitBytes: number;
    readonly limits: DoorLimits;
    readonly closing: AbortSignal;
  },
): FastifyInstance {
  const spindle = createSpindle({ ...needs, probe }, options.limits.sockets, options.closing);
  const headers = { 'x-content-type-options': 'nosniff' };
  const app = createServer(options.limits, options.bodyLimitBytes, headers, spindle.opens);
  app.server.on('upgrade', (request, raw, head) => void spindle.open(request, raw, head));
  app.addHook('onClose', () => spindle[Symbol.asyncDispose]());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => {
    const { status, retryAfterMs } = failure(error);
    if (status >= 500 && SignalboxError.from(error).code !== 'overloaded')
      needs.journal.note({
        kind: 'trouble',
        where: `${request.method} ${request.routeOptions.url ?? ''}`,
        error,
      });
    return sendProblem(reply, status, {}, retryAfterMs);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404));

  const room = createBodyRoom(longestAtATime * options.bodyLimitBytes);
  app.addHook('onRequest', serveHooksAtDoor(needs, room));
  app.addHook('onRequest', speak(needs, room));
  app.addHook('onRequest', async (request, reply) => {
    const page = await spindle.answer(request.raw, isTaken(needs, request), mostBytes => {
      room.watch(request.raw, reply.raw);
      return readBody(request.raw, mostBytes, 'refused');
    });
    if (page === null) return;
    // Nobody reads what else its sender says.
    if (hasBody(request) && !request.raw.complete) void reply.header('connection', 'close');
    // As bytes: of a text the framework would say which characters it has.
    return reply.code(page.status).headers(page.headers).send(Buffer.from(page.body));
  });
  app.addHook('preParsing', (request, reply, payload, done) => {
    room.watch(request.raw, reply.raw);
    done(null, payload);
  });
  addHealthz(app, probe);
  app.get('/', { exposeHeadRoute: true }, () => ({ name: 'signalbox', version: needs.version }));
  app.all('*', { onRequest: checkAtDoor(needs, room) }, deliver(needs));
  return app;
}
