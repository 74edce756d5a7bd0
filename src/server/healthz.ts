import type { FastifyInstance } from 'fastify';
import type { Probe } from './probe.ts';
import { sendProblem } from './problem.ts';

/** `GET /healthz`: 200 while the store answers, 503 while it does not. The same on both doors. */
export function addHealthz(app: FastifyInstance, probe: Probe): void {
  app.get('/healthz', { exposeHeadRoute: true }, async (_request, reply) =>
    (await probe())
      ? reply.header('cache-control', 'no-store').send({ status: 'ok' })
      : sendProblem(reply, 503),
  );
}
