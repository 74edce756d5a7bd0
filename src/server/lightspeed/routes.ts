import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { SignalboxError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { IntakeNeeds } from '../../engine/intake.ts';
import { replay } from '../../engine/replay.ts';
import type { ServerNeeds } from '../needs.ts';
import { sendProblem } from '../problem.ts';
import { lastPushes, recordOf } from './records.ts';

type Needs = Pick<ServerNeeds, 'lightspeed' | 'registry' | 'agents' | 'configState' | 'store'> & IntakeNeeds;

const body = z.looseObject({ name: z.string() });
const hidden = { schema: { hide: true } };

/**
 * `/listeners`, answered as Lightspeed's admin server does; behind the guard. Where there is a registry, calls change it;
 * elsewhere listeners stand in files, and no call changes them.
 */
export function addListenerRoutes(scope: FastifyInstance, needs: Needs): void {
  const find = (name: string) => needs.lightspeed()?.find(listener => listener.name === name);
  const record = async (listener: NonNullable<ReturnType<typeof find>>) =>
    recordOf(listener, {
      updatedAt: listener.registeredAt ?? needs.configState().loadedAt,
      isOnline: needs
        .agents()
        .some(({ state, pools }) => state === 'online' && pools.includes(listener.pool)),
      pushes: await lastPushes(needs, listener.name),
    });
  scope.addHook('preHandler', async (_request, reply) => {
    // Nobody asked for them.
    if (needs.lightspeed() === null) return sendProblem(reply, 404);
  });
  const routes = (path: string): void => {
    scope.get(path, hidden, async () => {
      const listeners = needs.lightspeed() ?? [];
      const records = await Promise.all(listeners.map(record));
      return Object.fromEntries(listeners.map(({ name }, n) => [name, records[n]]));
    });
    scope.post(path, hidden, async (request, reply) => {
      const asked = body.safeParse(request.body);
      if (!asked.success || asked.data.name === '') return refuse(reply, 'no name supplied');
      const { name, config } = asked.data;
      // Where it stands in a file it is answered as it is.
      if (config && needs.registry !== null && !(await register(reply, name, config))) return reply;
      const listener = find(name);
      if (listener !== undefined) return record(listener);
      return refuse(reply, needs.registry === null ? inFiles : noConfig);
    });
    scope.put(path, hidden, async (request, reply) => {
      const asked = body.safeParse(request.body);
      const listener = asked.success ? find(asked.data.name) : undefined;
      if (!asked.success || listener === undefined) return refuse(reply, noListener);
      const { data, retrigger, config } = asked.data;
      if (data) return refuse(reply, needs.registry === null ? inFiles : inItsFile);
      if (retrigger) return again(listener.name, reply);
      if (!config) return refuse(reply, 'no action mapped');
      if (needs.registry === null) return refuse(reply, inFiles);
      return (await register(reply, listener.name, config)) ? { msg: 'updating config' } : reply;
    });
    scope.delete(path, hidden, async (request, reply) => {
      const asked = body.safeParse(request.body);
      return remove(reply, asked.success ? asked.data.name : '');
    });
  };
  routes('/listeners');
  routes('/listeners/');
  scope.get<{ Params: { name: string } }>('/listeners/:name', hidden, async (request, reply) => {
    const listener = find(request.params.name);
    return listener === undefined ? reply.code(404).send({}) : record(listener);
  });
  scope.delete<{ Params: { name: string } }>('/listeners/:name', hidden, async (request, reply) =>
    remove(reply, request.params.name),
  );

  /** False when it is refused, and the caller has been told. */
  async function register(reply: FastifyReply, name: string, config: unknown): Promise<boolean> {
    try {
      // It has come as JSON.
      const plain: Json = JSON.parse(JSON.stringify(config));
      await needs.registry?.register(name, plain);
      return true;
    } catch (error) {
      const { code, message } = SignalboxError.from(error);
      if (code !== 'invalid') throw error;
      refuse(reply, message);
      return false;
    }
  }

  async function remove(reply: FastifyReply, name: string): Promise<unknown> {
    if (find(name) === undefined) return refuse(reply, noListener);
    if (needs.registry === null) return refuse(reply, inFiles);
    await needs.registry.remove(name);
    return { msg: 'ok' };
  }

  /** The latest push of every branch once more, for this listener alone; the oldest first, as they came. */
  async function again(name: string, reply: FastifyReply): Promise<unknown> {
    const pushes = await lastPushes(needs, name);
    if (pushes.length === 0) return refuse(reply, 'no push received by this listener');
    for (const { event } of pushes.toReversed()) await replay(needs, event, name);
    return { msg: `retriggering ${name}` };
  }
}

const noListener = 'no listener with that name';
const noConfig = 'no config supplied: it is the JSON of the listener';
const inFiles = 'listeners stand in the files that lightspeed.listeners names: change them there, and reload';
const inItsFile = 'a listener reads its own file alone: change it there, and the listener registers anew';

const refuse = (reply: FastifyReply, error: string): FastifyReply => reply.code(400).send({ error });
