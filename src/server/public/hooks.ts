import { randomBytes } from 'node:crypto';
import type { onRequestAsyncHookHandler } from 'fastify';
import type { Journal } from '../../engine/journal.ts';
import type { BodyRoom } from '../../lib/body-room.ts';
import { createBodyReader } from '../../lib/go-http/body.ts';
import { headOf } from '../../lib/go-http/head.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../../lib/go-http/message.ts';
import { readHead } from '../../lib/go-http/read-head.ts';
import { send } from '../../lib/go-http/send.ts';
import { sendProblem } from '../problem.ts';

export interface HooksNeeds {
  readonly serveHooks: () => HttpHandler | null;
  readonly journal: Journal;
}

const mount = '/hooks/';
/** What of a body nobody read is thrown away to keep the connection. */
const skippedBytes = 64 * 1024;

/** Leaves what comes to hooks to whoever serves them, from its first byte to its last: people know the answers. */
export function serveHooksAtDoor(needs: HooksNeeds, room: BodyRoom): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const { raw } = request;
    const handler = raw.url?.startsWith(mount) === true ? needs.serveHooks() : null;
    if (handler === null) return;
    const body = createBodyReader(raw, () => undefined);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort('the sender has left'));
    let watched: ReturnType<BodyRoom['watch']> | undefined;
    const asked: HttpRequest = {
      ...readHead(raw),
      bodyDone: () => watched?.letGo(),
      id: randomBytes(3).toString('hex'),
      gone: gone.signal,
      readBody: mostBytes => {
        watched = room.watch(raw, reply.raw);
        return body.read(mostBytes);
      },
    };
    let answer: HttpAnswer | 'bad request';
    try {
      answer = await handler(asked);
    } catch (error) {
      needs.journal.note({ kind: 'trouble', where: `${request.method} ${mount}`, error });
      return sendProblem(reply, 500);
    }
    if (answer === 'bad request') return sendProblem(reply, 400);
    reply.hijack();
    try {
      const mustClose = !(await body.skip(skippedBytes));
      // In its turn among the answers of its connection: Node writes it, and closes where the head says so.
      const plain = { ...answer, informational: null };
      const head = { ...headOf(asked, plain, { now: new Date(), mustClose }), closes: false };
      await send({ socket: raw.socket, response: reply.raw }, asked, plain, head);
    } catch (error) {
      needs.journal.note({ kind: 'trouble', where: `${request.method} ${mount}`, error });
      raw.socket.destroy();
    }
    return reply;
  };
}
