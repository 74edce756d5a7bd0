import type { FastifyInstance } from 'fastify';
import { SignalboxError } from '../../domain/errors.ts';
import { createBodyRoom } from '../../lib/body-room.ts';
import { createServer } from '../create-server.ts';
import type { DoorLimits } from '../door-limits.ts';
import { addHealthz } from '../healthz.ts';
import type { Probe } from '../probe.ts';
import { failure, sendProblem } from '../problem.ts';
import { checkAtDoor } from './check-at-door.ts';
import { type DeliverNeeds, deliver } from './deliver.ts';
import { type HooksNeeds, serveHooksAtDoor } from './hooks.ts';
import { type SpeakNeeds, speak } from './speak.ts';

/** Room for so many of the longest bodies; each is copied once when it is whole. */
const longestAtATime = 4;

/**
 * The door that faces strangers. It says yes with ids, and no with a status and always the same words: nobody learns
 * from it which part of a request was wrong.
 */
export function createPublicDoor(
  needs: DeliverNeeds & SpeakNeeds & HooksNeeds & { readonly version: string },
  probe: Probe,
  options: { readonly bodyLimitBytes: number; readonly limits: DoorLimits },
): FastifyInstance {
  const app = createServer(options.limits, options.bodyLimitBytes, { 'x-content-type-options': 'nosniff' });
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
  app.addHook('preParsing', (request, reply, payload, done) => {
    room.watch(request.raw, reply.raw);
    done(null, payload);
  });
  addHealthz(app, probe);
  app.get('/', { exposeHeadRoute: true }, () => ({ name: 'signalbox', version: needs.version }));
  app.all('*', { onRequest: checkAtDoor(needs, room) }, deliver(needs));
  return app;
}
