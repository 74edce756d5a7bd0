import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { documentOperation } from '../api/document-operation.ts';
import type { ApiNeeds } from '../api/needs.ts';
import { apiRoutes } from '../api/routes.ts';
import { serveEndpoint } from '../api/serve-endpoint.ts';
import { addGuard, type GuardNeeds } from '../auth/guard.ts';
import { addBadges } from '../badges/routes.ts';
import { createServer } from '../create-server.ts';
import type { DoorLimits } from '../door-limits.ts';
import { addHealthz } from '../healthz.ts';
import { addMatch } from '../lightspeed/match.ts';
import { addListenerRoutes } from '../lightspeed/routes.ts';
import type { Probe } from '../probe.ts';
import { failure, sendProblem } from '../problem.ts';
import { readJson } from '../read-json.ts';
import { documentRoutes } from './openapi.ts';
import { securityHeaders } from './security-headers.ts';
import { addSessionLook, addSignIn, addSignOut, addTokenSignIn } from './session-routes.ts';
import { addUi } from './ui.ts';

/** Rules to be tried are the largest thing that is sent here. */
const bodyLimitBytes = 1024 * 1024;

export interface AdminDoorOptions {
  readonly limits: DoorLimits;
  /** Where the built web UI is; undefined when there is none. */
  readonly uiDirectory: string | undefined;
  /** Aborts when the door is about to close: streams end then. */
  readonly closing: AbortSignal;
}

/** The operator's door: the API and metrics behind the guard, the UI's files and the ways to sign in before it. */
export async function createAdminDoor(
  needs: ApiNeeds & GuardNeeds,
  probe: Probe,
  { limits, uiDirectory, closing }: AdminDoorOptions,
): Promise<FastifyInstance> {
  const app = createServer(limits, bodyLimitBytes, securityHeaders);
  app.setErrorHandler((error, request, reply) => {
    const { status, more, retryAfterMs } = failure(error);
    if (status === 500)
      needs.journal.note({
        kind: 'trouble',
        where: `${request.method} ${request.routeOptions.url ?? ''}`,
        error,
      });
    return sendProblem(reply, status, more, retryAfterMs);
  });
  await app.register(cookie);

  addHealthz(app, probe);
  addSignIn(app, needs);
  addSessionLook(app, needs);
  const areOpen = needs.settings().badges === 'anyone';
  if (areOpen) addBadges(app, needs);
  await addUi(app, uiDirectory);
  await app.register(async scope => {
    readJson(scope);
    await documentRoutes(scope, needs.version);
    app.get('/api/openapi.json', () => scope.swagger());
    addGuard(scope, needs);
    // Endpoints read their input themselves, by the schemas that they are documented with.
    scope.setValidatorCompiler(() => () => true);
    scope.setSerializerCompiler(serializerCompiler);
    for (const [method, url, endpoint] of apiRoutes)
      scope.route({
        method,
        url,
        schema: documentOperation(method, endpoint),
        handler: serveEndpoint(needs, endpoint, { closing, ...limits }),
      });
    await scope.register(async inner => addListenerRoutes(inner, needs));
    await scope.register(async inner => addMatch(inner, needs));
    addTokenSignIn(scope, needs);
    addSignOut(scope, needs);
    if (!areOpen) addBadges(scope, needs);
    scope.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(await needs.renderMetrics()),
    );
    scope.all('/api/*', { schema: { hide: true } }, (_request, reply) => sendProblem(reply, 404));
  });
  return app;
}
