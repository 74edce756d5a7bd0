import type { AsyncMessage } from 'rabbitmq-client';
import type { ControlEnd, Hint, Link, Presence, Served } from '../../contracts/transport.ts';
import type { Agent } from '../../domain/agent.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { writeCancel, writeDrain } from './agent-end.ts';
import { answer } from './answer.ts';
import type { Broker } from './broker.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createDeclarations } from './declarations.ts';
import { readFrame, writeFrame } from './frame.ts';
import { type HearsAsks, hearAsks } from './hear-asks.ts';
import { createHints } from './hints.ts';
import { exchanges, queues, speakerOf } from './names.ts';
import { isFinal } from './refusals.ts';
import { createTicketSender } from './send-tickets.ts';
import type { TicketKeys } from './ticket-keys.ts';
import { readPresence } from './wire.ts';

/** As many as one agent may name while a control plane lives: RabbitMQ keeps a queue for each until somebody deletes it. */
const mostPoolsOfOne = 100;

/** The end of a control plane, which declares all that is shared. */
export async function createControlEnd(
  broker: Broker,
  keys: TicketKeys,
  ticketsLost: () => void,
): Promise<
  ControlEnd & AsyncDisposable & { readonly declarePools: (pools: readonly string[]) => Promise<void> }
> {
  const { connection } = broker;
  const parts = new AsyncDisposableStack();
  const watchers = new Set<(presence: Presence) => void>();
  const cancels = connection.createPublisher({ confirm: false });
  parts.defer(() => cancels.close());
  /** The pools of each agent that has begun. */
  const named = new Map<string, ReadonlySet<string>>();
  const hints = parts.use(createHints(broker));

  const declarations = parts.use(createDeclarations(broker, ticketsLost));
  const inItsWay = broker.link().state === 'up' ? await declarations.tried : undefined;
  if (inItsWay !== undefined && isFinal(inItsWay)) {
    await parts.disposeAsync();
    throw inItsWay;
  }
  const tickets = parts.use(createTicketSender(broker, keys, declarations));
  let asks: HearsAsks | undefined;

  async function declarePools(pools: readonly string[]): Promise<void> {
    const refused = await declarations.pools(pools);
    if (refused !== undefined) throw refused;
  }

  /** Refuses an agent that comes with ever new ones. */
  function notePools({ name, pools }: Agent): void {
    const all = new Set([...(named.get(name) ?? []), ...pools]);
    if (all.size > mostPoolsOfOne)
      throw new SignalboxError(
        'conflict',
        `${name} has named more than ${mostPoolsOfOne} pools one after the other: RabbitMQ has a queue for each, sb.jobs.…; delete those that nobody needs, and start the server again`,
      );
    named.set(name, all);
  }

  /** What agents say arrives where there is a connection, everything is declared, and somebody listens. */
  function link(): Link {
    const there = declarations.link();
    const heard = asks?.link();
    if (there.state === 'down' || heard === undefined) return there;
    return heard.state === 'down' ? heard : { state: 'up', since: Math.max(there.since, heard.since) };
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
    send: tickets.send,
    obstacle: tickets.obstacle,
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
          notePools(agent);
          // An agent may not declare what it takes tickets from: whoever lets it begin does that.
          for (const pool of agent.pools) declarations.missed(pool);
          await declarePools(agent.pools);
          return served.begin(agent, reason);
        },
      };
      const heard = hearAsks(broker, {
        isDeclared: () => declarations.link().state === 'up',
        missed: declarations.missedShared,
        answer: async ({ routingKey, userId }, question) => {
          const agent = speakerOf(routingKey);
          return isWho(broker, userId, agent, routingKey)
            ? answer({ served: guarded, keys, trouble: broker.trouble }, agent, question)
            : refusedName(broker, agent, userId);
        },
      });
      asks = heard;
      const dead = createDeadLetters(broker, served);
      const close = () => Promise.all([heard[Symbol.asyncDispose](), dead[Symbol.asyncDispose]()]);
      parts.defer(async () => void (await close()));
      return { [Symbol.dispose]: () => void close().catch(broker.trouble) };
    },
    onPresence: listener => {
      watchers.add(listener);
      return { [Symbol.dispose]: () => void watchers.delete(listener) };
    },
    link,
    questions: () => asks?.questions() ?? 0,
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
