import type { FastifyReply, RouteHandlerMethod } from 'fastify';
import type { EventId, RunId } from '../../domain/id.ts';
import { type IntakeNeeds, receive } from '../../engine/intake.ts';
import { sendProblem } from '../problem.ts';
import { type CheckNeeds, sourceAt } from './check-at-door.ts';
import { readDelivery } from './read-delivery.ts';

export type DeliverNeeds = IntakeNeeds & CheckNeeds;

/** A delivery at a source's path. 2xx is said only of what is stored. */
export function deliver(needs: DeliverNeeds): RouteHandlerMethod {
  return async (request, reply) => {
    const source = sourceAt(needs, request);
    if (source === undefined) return sendProblem(reply, 404);
    const answer = await receive(needs, source, readDelivery(needs, source, request));
    switch (answer.result) {
      case 'admitted': {
        const { event, runs, rejected } = answer;
        if (rejected) return sendProblem(nameStored(reply, event, runs), 429);
        return nameStored(reply, event, runs)
          .code(202)
          .send({ event, runs, matched: runs.length > 0 });
      }
      case 'known': {
        const { event, runs } = answer;
        return nameStored(reply, event, runs).code(200).send({ event, runs, duplicate: true });
      }
      case 'refused':
        return sendProblem(reply, answer.status);
    }
  };
}

/** Says under which ids something is stored. */
export function nameStored(reply: FastifyReply, event: EventId, runs: readonly RunId[]): FastifyReply {
  void reply.header('x-signalbox-event', event);
  if (runs.length > 0) void reply.header('x-signalbox-run', runs.join(', '));
  return reply;
}
