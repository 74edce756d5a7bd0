import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { IntakeNeeds } from '../../engine/intake.ts';
import { replay } from '../../engine/replay.ts';
import type { ServerNeeds } from '../needs.ts';
import { sendProblem } from '../problem.ts';
import { lastPushes, recordOf } from './records.ts';

type Needs = Pick<ServerNeeds, 'lightspeed' | 'configState' | 'store'> & IntakeNeeds;

const body = z.looseObject({ name: z.string() });
const hidden = { schema: { hide: true } };

/** `/listeners`, answered as Lightspeed's admin server does; behind the guard. Listeners stand in files: no call changes them. */
export function addListenerRoutes(scope: FastifyInstance, needs: Needs): void {
  const find = (name: string) => needs.lightspeed()?.find(listener => listener.name === name);
  const record = async (listener: NonNullable<ReturnType<typeof find>>) =>
    recordOf(listener, needs.configState().loadedAt, await lastPushes(needs, listener.name));
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
      const listener = find(asked.data.name);
      return listener === undefined ? refuse(reply, inFiles) : record(listener);
    });
    scope.put(path, hidden, async (request, reply) => {
      const asked = body.safeParse(request.body);
      const listener = asked.success ? find(asked.data.name) : undefined;
      if (!asked.success || listener === undefined) return refuse(reply, noListener);
      const { data, retrigger, config } = asked.data;
      if (data) return refuse(reply, inFiles);
      if (retrigger) return again(listener.name, reply);
      return refuse(reply, config ? inFiles : 'no action mapped');
    });
    scope.delete(path, hidden, async (request, reply) => {
      const asked = body.safeParse(request.body);
      return refuse(reply, asked.success && find(asked.data.name) !== undefined ? inFiles : noListener);
    });
  };
  routes('/listeners');
  routes('/listeners/');
  scope.get<{ Params: { name: string } }>('/listeners/:name', hidden, async (request, reply) => {
    const listener = find(request.params.name);
    return listener === undefined ? reply.code(404).send({}) : record(listener);
  });

  /** The latest push of every branch once more, for this listener alone; the oldest first, as they came. */
  async function again(name: string, reply: FastifyReply): Promise<unknown> {
    const pushes = await lastPushes(needs, name);
    if (pushes.length === 0) return refuse(reply, 'no push received by this listener');
    for (const { event } of pushes.toReversed()) await replay(needs, event, name);
    return { msg: `retriggering ${name}` };
  }
}

const noListener = 'no listener with that name';
const inFiles = 'listeners stand in the files that lightspeed.listeners names: change them there, and reload';

const refuse = (reply: FastifyReply, error: string): FastifyReply => reply.code(400).send({ error });
