import type { FastifyInstance } from 'fastify';
import { type IntakeNeeds, receive } from '../../engine/intake.ts';
import type { ServerNeeds } from '../needs.ts';
import { sendProblem } from '../problem.ts';
import { readDelivery } from '../public/read-delivery.ts';

type Needs = Pick<ServerNeeds, 'registry' | 'settings'> & IntakeNeeds;

/** `/match`, where Lightspeed's hook server hands on what GitHub has sent; behind the guard. 2xx is said of what is stored. */
export function addMatch(scope: FastifyInstance, needs: Needs): void {
  const { registry } = needs;
  if (registry === null) return;
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const route = { schema: { hide: true }, bodyLimit: needs.settings().limits.bodyBytes };
  for (const path of ['/match', '/match/'])
    scope.post(path, route, async (request, reply) => {
      const source = registry.handedOn;
      const answer = await receive(needs, source, readDelivery(needs, source, request));
      if (answer.result === 'refused') return sendProblem(reply, answer.status, { detail: answer.reason });
      const { event, runs } = answer;
      return reply.code(answer.result === 'known' ? 200 : 202).send({ event, runs });
    });
}
