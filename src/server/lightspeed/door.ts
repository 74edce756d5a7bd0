import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import { addGuard, type GuardNeeds } from '../auth/guard.ts';
import type { ServerNeeds } from '../needs.ts';
import { failure, sendProblem } from '../problem.ts';
import { readJson } from '../read-json.ts';
import { addMatch } from './match.ts';
import { addListenerRoutes } from './routes.ts';

/** Listeners are short. */
const bodyLimitBytes = 1024 * 1024;

/** What Lightspeed's admin server answers at its own port, to whoever shows a token. */
export async function addListenerDoor(app: FastifyInstance, needs: ServerNeeds & GuardNeeds): Promise<void> {
  await app.register(async scope => {
    await scope.register(cookie);
    readJson(scope);
    addGuard(scope, needs);
    // Who has shown a token may know what is wrong.
    scope.setErrorHandler((error, request, reply) => {
      const { status, more, retryAfterMs } = failure(error);
      if (status === 500)
        needs.journal.note({ kind: 'trouble', where: `${request.method} ${request.url}`, error });
      return sendProblem(reply, status, more, retryAfterMs);
    });
    scope.addHook('onRoute', route => void (route.bodyLimit ??= bodyLimitBytes));
    await scope.register(async inner => addListenerRoutes(inner, needs));
    await scope.register(async inner => addMatch(inner, needs));
  });
}
