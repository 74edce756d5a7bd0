import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { HttpSource, Reply, Speech, Told } from '../../contracts/source.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { RunId } from '../../domain/id.ts';
import type { FollowNeeds } from '../../engine/feed.ts';
import { type Answer, type IntakeNeeds, receive } from '../../engine/intake.ts';
import type { BodyRoom } from '../../lib/body-room.ts';
import { failure } from '../problem.ts';
import { nameStored } from './deliver.ts';
import { readBody } from './read-body.ts';
import { readDelivery } from './read-delivery.ts';
import { waitForEnd } from './wait-for-end.ts';

export interface SpeakNeeds extends IntakeNeeds, FollowNeeds {
  readonly store: IntakeNeeds['store'] & FollowNeeds['store'];
  readonly control: IntakeNeeds['control'] & FollowNeeds['control'];
  readonly sources: () => readonly HttpSource[];
  /** Where people read about a run. */
  readonly runUrl: (run: RunId) => string;
}

type Speaking = HttpSource & { readonly speech: Speech };

/** Longer than that nobody holds a connection open, nor do the proxies in between. */
const longestWaitMs = 10 * 60_000;

/** Leaves whatever comes to a source that speaks for itself to that source, from its first byte to its last. */
export function speak(needs: SpeakNeeds, room: BodyRoom): onRequestAsyncHookHandler {
  /** How many requests are handled now, by source. */
  const handled = new Map<string, number>();

  return async (request, reply) => {
    const path = (request.raw.url ?? '').split('?', 1)[0] ?? '';
    const source = needs.sources().find((each): each is Speaking => isAt(each, path));
    if (source === undefined) return;
    const { name, speech } = source;
    const tell = (told: Told) => send(request, reply, speech.tell(told));
    const counted = speech.room !== null && path.startsWith(speech.room.path);
    const others = handled.get(name) ?? 0;
    if (counted && others >= speech.room.requests)
      return tell({ result: 'refused', status: 503, reason: null });
    if (counted) handled.set(name, others + 1);
    try {
      return send(request, reply, await handle(needs, room, source, request, reply));
    } catch (error) {
      if (request.raw.destroyed && !request.raw.complete) return reply; // nobody is there to be told
      const { status } = failure(error);
      if (status >= 500 && SignalboxError.from(error).code !== 'overloaded')
        needs.journal.note({ kind: 'trouble', where: `${request.method} ${path}`, error });
      return tell({ result: 'refused', status, reason: null });
    } finally {
      if (counted) handled.set(name, (handled.get(name) ?? 1) - 1);
    }
  };
}

function isAt({ speech, path: mount }: HttpSource, path: string): boolean {
  return speech !== null && (path === mount || path.startsWith(`${mount}/`) || mount === '');
}

async function handle(
  needs: SpeakNeeds,
  room: BodyRoom,
  source: Speaking,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Reply> {
  const { speech } = source;
  const head = readDelivery(needs, source, request);
  const heard = speech.hear(head);
  if (heard.result === 'answer') return heard.reply;
  if (heard.mostBodyBytes > 0) room.watch(request.raw, reply.raw);
  const body = await readBody(request.raw, heard.mostBodyBytes, heard.longer);
  if (body === undefined) return speech.tell({ result: 'refused', status: 413, reason: null });
  const answer = await receive(needs, source, { ...head, body });
  const told = toldOf(answer);
  if (answer.result !== 'refused') nameStored(reply, answer.event, answer.runs);
  if (told.result !== 'started') return speech.tell(told);
  void reply.header('location', needs.runUrl(told.run));
  if (!heard.waits) return speech.tell(told);
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(longestWaitMs)]);
  return speech.tell(await waitForEnd(needs, told.run, signal));
}

function toldOf(answer: Answer): Told {
  switch (answer.result) {
    case 'refused': {
      const { status, reason } = answer;
      return { result: 'refused', status, reason };
    }
    case 'admitted':
      if (answer.rejected) return { result: 'refused', status: 503, reason: null };
      return started(answer.runs, answer.verdicts.find(({ verdict }) => verdict === 'error')?.reason);
    case 'known':
      return started(answer.runs);
  }
}

function started([run]: readonly RunId[], reason: string | null = null): Told {
  return run === undefined ? { result: 'idle', reason } : { result: 'started', run };
}

/** Whether bytes follow the head. */
export const hasBody = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function send(request: FastifyRequest, reply: FastifyReply, { status, headers, body }: Reply): FastifyReply {
  // The source says all there is to say.
  if (headers['x-content-type-options'] === undefined) void reply.removeHeader('x-content-type-options');
  // Nobody waits for the rest of a body that was not read.
  if (hasBody(request) && !request.raw.complete) void reply.header('connection', 'close');
  void reply.code(status).headers(headers);
  // Of a HEAD the framework leaves the body out.
  return body === '' ? reply.send() : reply.send(body);
}
