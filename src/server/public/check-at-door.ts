import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { HttpSource } from '../../contracts/source.ts';
import type { QueueGauge } from '../../engine/queue-gauge.ts';
import { type BodyRoom, shortBodyBytes } from '../../lib/body-room.ts';
import { sendProblem } from '../problem.ts';

export interface CheckNeeds {
  readonly sources: () => readonly HttpSource[];
  readonly queue: QueueGauge;
}

/** Other routes of this door, for a correct 405. */
const readable: ReadonlySet<string> = new Set(['/', '/healthz']);

/**
 * Refuses what will not be taken before its body is read: unknown paths, other methods, compressed bytes; and while the
 * queue or the room for bodies is full, what is long, or of unknown length.
 */
export function checkAtDoor(needs: CheckNeeds, room: BodyRoom): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const path = pathOf(request);
    if (readable.has(path)) return refuse(reply.header('allow', 'GET, HEAD'), 405);
    if (sourceAt(needs, request) === undefined) return refuse(reply, 404);
    if (request.method !== 'POST') return refuse(reply.header('allow', 'POST'), 405);
    const { 'content-encoding': encoding = 'identity' } = request.headers;
    if (encoding.toLowerCase() !== 'identity') return refuse(reply, 415);
    if (isLong(request) && (room.isFull() || !(await needs.queue.hasRoom()))) return refuse(reply, 503);
  };
}

/** The source whose path this is, letter for letter: nothing is decoded, so nothing can be smuggled past. */
export function sourceAt(
  needs: Pick<CheckNeeds, 'sources'>,
  request: FastifyRequest,
): HttpSource | undefined {
  const path = pathOf(request);
  return needs.sources().find(source => source.path === path);
}

/** Whether a path is somebody's own, whatever else stands at this door. */
export function isTaken(needs: Pick<CheckNeeds, 'sources'>, request: FastifyRequest): boolean {
  return pathOf(request) === '/healthz' || sourceAt(needs, request) !== undefined;
}

const isLong = ({ headers }: FastifyRequest): boolean =>
  !(Number(headers['content-length']) <= shortBodyBytes);

const pathOf = (request: FastifyRequest): string => (request.raw.url ?? '').split('?', 1)[0] ?? '';

/** The body that may follow is not read, so the connection ends here. */
const refuse = (reply: FastifyReply, status: number): FastifyReply =>
  sendProblem(reply.header('connection', 'close'), status);
