import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { AsyncMessage } from 'rabbitmq-client';
import type { ControlEnd, Hint, Presence, Served } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { writeCancel, writeDrain } from './agent-end.ts';
import { answer } from './answer.ts';
import type { Broker } from './broker.ts';
import { createDeadLetters } from './dead-letters.ts';
import { readFrame, writeFrame } from './frame.ts';
import { createHints } from './hints.ts';
import { exchanges, queues, speakerOf } from './names.ts';
import { declarePool, declareTopology } from './topology.ts';
import { readPresence } from './wire.ts';

/** How many questions are answered at a time: as many as one commit of the store takes in gladly. */
const asksAtATime = 256;

/** The end of a control plane, which declares all that is shared. */
export async function createControlEnd(
  broker: Broker,
): Promise<
  ControlEnd & AsyncDisposable & { readonly declarePools: (pools: readonly string[]) => Promise<void> }
> {
  const { connection } = broker;
  const parts = new AsyncDisposableStack();
  const watchers = new Set<(presence: Presence) => void>();
  const pools = new Map<string, Promise<void>>();
  const tickets = connection.createPublisher({ confirm: true });
  parts.defer(() => tickets.close());
  const cancels = connection.createPublisher({ confirm: false });
  parts.defer(() => cancels.close());
  const returned = new Set<string>();
  tickets.on('basic.return', ({ messageId }) => returned.add(messageId ?? ''));
  const hints = parts.use(createHints(broker));

  // A broker may come back without its memory: everything is declared again with each connection.
  let declared: Promise<void> = Promise.resolve();
  const declare = (): void => {
    const known = [...pools.keys()];
    pools.clear();
    declared = declareTopology(broker);
    for (const pool of known) void declareOnce(pool).catch(broker.trouble);
    declared.catch(broker.trouble);
  };
  broker.onConnection(declare);
  if (broker.link().state === 'up')
    await declared.catch((error: unknown) => {
      throw broker.refusal(error);
    });

  async function declareOnce(pool: string): Promise<void> {
    const declaring =
      pools.get(pool) ??
      declared
        .then(() => declarePool(broker, pool))
        .catch((error: unknown) => {
          pools.delete(pool);
          throw broker.refusal(error);
        });
    pools.set(pool, declaring);
    return declaring;
  }

  async function declarePools(pools: readonly string[]): Promise<void> {
    for (const pool of pools) await declareOnce(pool);
  }

  /** What every control plane hears: hints of the others, and how agents stand. */
  const news = connection.createConsumer(
    {
      queue: '',
      queueOptions: { exclusive: true, autoDelete: true },
      queueBindings: [{ exchange: exchanges.hints }, { exchange: exchanges.up, routingKey: 'here.#' }],
      noAck: true,
    },
    message => (message.exchange === exchanges.hints ? hints.hear(message.body) : heard(message)),
  );
  news.on('error', broker.trouble);
  parts.defer(() => news.close());

  function heard({ routingKey, userId, body }: AsyncMessage): void {
    const read = readFrame(body);
    const presence = read.result === 'read' ? readPresence(read.head) : undefined;
    // What is not understood is said again: there will be trouble with its questions, and that is told.
    if (presence === undefined || !isWho(broker, userId, presence.name, routingKey)) return;
    for (const watch of watchers) watch(presence);
  }

  return {
    declarePools,
    send: async ticket => {
      const link = broker.link();
      if (link.state === 'down') throw new SignalboxError('unavailable', link.reason);
      await declareOnce(ticket.pool);
      const messageId = randomUUID();
      const envelope = {
        exchange: exchanges.jobs,
        routingKey: ticket.pool,
        durable: true,
        mandatory: true,
        messageId,
      };
      await tickets.send(envelope, writeFrame(ticket)).catch((error: unknown) => {
        throw broker.refusal(error);
      });
      // A message that has nowhere to go comes back before it is confirmed, and is told of a turn later.
      await setImmediate();
      if (!returned.delete(messageId)) return;
      pools.delete(ticket.pool);
      throw new SignalboxError(
        'unavailable',
        `RabbitMQ has lost the queue of pool ${ticket.pool}: it is made again`,
      );
    },
    cancel: (agent, run, attempt, reason) => {
      // May be lost: the agent hears it again when it next says that it is alive.
      cancels
        .send({ routingKey: queues.agent(agent) }, writeCancel(run, attempt, reason))
        .catch(() => undefined);
    },
    drain: (agent, isDrained) => {
      // Likewise, when it next says how it stands.
      cancels.send({ routingKey: queues.agent(agent) }, writeDrain(isDrained)).catch(() => undefined);
    },
    serve: served => {
      const guarded: Served = {
        ...served,
        begin: async (agent, reason) => {
          // An agent may not declare what it takes tickets from: whoever lets it begin does that.
          await declarePools(agent.pools);
          return served.begin(agent, reason);
        },
      };
      const asks = connection.createConsumer(
        {
          queue: queues.asks,
          queueOptions: { passive: true },
          // A question that got no answer is asked again: no broker need remember it.
          noAck: true,
          concurrency: asksAtATime,
        },
        async (message, reply) => {
          const { routingKey, userId, body } = message;
          const agent = speakerOf(routingKey);
          const said = isWho(broker, userId, agent, routingKey)
            ? await answer(guarded, agent, body)
            : refusedName(broker, agent, userId);
          if (message.replyTo !== undefined) await reply(said);
        },
      );
      asks.on('error', broker.trouble);
      const dead = createDeadLetters(broker, served);
      parts.defer(async () => void (await Promise.all([asks.close(), dead[Symbol.asyncDispose]()])));
      return {
        [Symbol.dispose]: () => {
          asks.close().catch(broker.trouble);
          dead[Symbol.asyncDispose]().then(undefined, broker.trouble);
        },
      };
    },
    onPresence: listener => {
      watchers.add(listener);
      return { [Symbol.dispose]: () => void watchers.delete(listener) };
    },
    link: broker.link,
    hint: (hint: Hint) => hints.tell(hint),
    onHint: listener => hints.listen(listener),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** RabbitMQ vouches for the user. It bears the agent's name, or is the one that control planes use themselves. */
const isWho = (broker: Broker, userId: string | undefined, agent: string, routingKey: string): boolean =>
  speakerOf(routingKey) === agent && (userId === agent || userId === broker.user);

function refusedName(broker: Broker, agent: string, userId: string | undefined): Buffer {
  const error = new SignalboxError(
    'forbidden',
    `the user ${userId ?? 'without a name'} of RabbitMQ may not speak for the agent ${agent}: a user's name is its agent's name`,
  );
  broker.trouble(error);
  return writeFrame({ error: { code: error.code, message: error.message } });
}
