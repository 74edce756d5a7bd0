import { z } from 'zod';
import type { Ticket } from '../../contracts/store.ts';
import type { AgentEnd, Claim, Welcome } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { parseRunId, type RunId } from '../../domain/id.ts';
import { aborted } from '../../lib/aborted.ts';
import { createAsker } from './asker.ts';
import type { Broker } from './broker.ts';
import { readFrame, writeFrame } from './frame.ts';
import { exchanges, queues, routes } from './names.ts';
import { nap } from './nap.ts';
import { isFinal } from './refusals.ts';
import { type Settled, type SlotUse, serveSlot } from './slot.ts';
import { readTicket } from './wire.ts';

type OnCancel = Parameters<AgentEnd['onCancel']>[1];
type OnDrain = Parameters<AgentEnd['onDrain']>[1];
interface Inbox {
  readonly listeners: Set<OnCancel>;
  readonly drains: Set<OnDrain>;
  opened(): Promise<void>;
  close(): Promise<void>;
}

/** More tickets than an agent can have in its hands: of those before, the claims are answered. */
const mostKeys = 20_000;
/** A ticket that is not for this version is kept from going round in circles for so long. */
const newerRestMs = 60_000;
/** An agent that is not let in by then has a namesake. */
const inboxWithinMs = 25_000;

const welcome: z.ZodType<Welcome> = z.object({
  leaseMs: z.int().min(1),
  // A control plane of the version before has no word for it.
  isDrained: z.boolean().default(false),
});

/** What becomes of `receive` where RabbitMQ gives this user no tickets of its pools. */
type WhenRefused = 'ends' | 'waits';

/** The end of agents, all over one connection. Declares nothing but each agent's own queue. */
export function createAgentEnd(broker: Broker, whenRefused: WhenRefused): AgentEnd & AsyncDisposable {
  const asker = createAsker(broker);
  const inboxes = new Map<string, Inbox>();
  /** What a claim shows, by the run: the keys of the latest tickets. */
  const keys = new Map<RunId, string>();
  const presences = broker.connection.createPublisher({ confirm: false });

  function inboxOf(agent: string): Inbox {
    const inbox = inboxes.get(agent) ?? openInbox(broker, agent);
    inboxes.set(agent, inbox);
    return inbox;
  }

  async function take(
    body: unknown,
    give: (ticket: Ticket) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Settled> {
    const read = readFrame(body);
    if (read.result === 'newer') {
      broker.trouble(new SignalboxError('conflict', `a ticket goes back to its queue: ${read.reason}`));
      await nap(newerRestMs, signal);
      return 'again';
    }
    const ticket = read.result === 'read' ? readTicket(read.head) : undefined;
    if (ticket === undefined) return 'dead';
    const { key, ...given } = ticket;
    const [oldest] = keys.keys();
    if (keys.size >= mostKeys && oldest !== undefined) keys.delete(oldest);
    keys.set(ticket.run, key);
    await give(given);
    return 'done';
  }

  return {
    begin: async (agent, reason) => {
      // First: it shows that nobody of this name is at work, whose runs would be taken for lost.
      await inboxOf(agent.name).opened();
      return welcome.parse(await asker.ask(agent.name, { ask: 'begin', agent, reason }));
    },
    present: presence => {
      const envelope = {
        exchange: exchanges.up,
        routingKey: routes.here(presence.name),
        userId: broker.user,
      };
      // May be lost: it is said again.
      if (broker.link().state === 'up') presences.send(envelope, writeFrame(presence)).catch(() => undefined);
    },
    receive: async (pools, slots, give, signal) => {
      if (pools.length === 0) return aborted(signal);
      const from = pools.map(queues.pool);
      let isLetIn = false;
      const use: SlotUse = {
        take: ({ body }) => take(body, give, signal),
        letIn: () => {
          isLetIn = true;
        },
        kept: why => {
          // Whoever was let in once may be at work in another slot.
          if (whenRefused === 'ends' && !isLetIn && isFinal(why)) throw why;
          broker.trouble(why);
        },
      };
      const serve = () => serveSlot(broker, from, use, signal);
      await Promise.all(Array.from({ length: slots }, serve));
    },
    claim: async (agent, run, id) =>
      claimOf(await asker.ask(agent, { ask: 'claim', run, id, key: keys.get(run) ?? '' })),
    news: async (agent, news) => void (await asker.ask(agent, { ask: 'news', news })),
    onCancel: (agent, listener) => {
      const { listeners } = inboxOf(agent);
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    onDrain: (agent, listener) => {
      const { drains } = inboxOf(agent);
      drains.add(listener);
      return { [Symbol.dispose]: () => void drains.delete(listener) };
    },
    [Symbol.asyncDispose]: async () => {
      await asker[Symbol.asyncDispose]();
      await presences.close();
      for (const inbox of inboxes.values()) await inbox.close();
    },
  };
}

/** A grant comes from a control plane, which has read all that is in it from its own store. */
function claimOf(answer: unknown): Claim {
  const claim: Claim = JSON.parse(JSON.stringify(answer));
  return claim;
}

/** Where an agent is told what it shall end, and whether it shall take more. The queue is there as long as the agent is connected, and its alone. */
function openInbox(broker: Broker, agent: string): Inbox {
  const listeners = new Set<OnCancel>();
  const drains = new Set<OnDrain>();
  const ready = Promise.withResolvers<void>();
  /** Ends the waiting for the first connection, once for each who waits. */
  const waiting = new Set<() => void>();
  let latest = new SignalboxError('unavailable', 'RabbitMQ has not answered yet');
  const consumer = broker.connection.createConsumer(
    {
      queue: queues.agent(agent),
      queueOptions: { exclusive: true, autoDelete: true },
      noAck: true,
    },
    ({ body }) => {
      const read = readFrame(body);
      if (read.result !== 'read') return;
      const cancel = readCancel(read.head);
      if (cancel) for (const tell of listeners) tell(cancel.run, cancel.attempt, cancel.reason);
      const drain = drained.safeParse(read.head).data;
      if (drain) for (const tell of drains) tell(drain.drain);
    },
  );
  consumer.on('ready', ready.resolve);
  consumer.on('error', (error: unknown) => {
    latest = broker.refusal(error);
    broker.trouble(error);
  });
  return {
    listeners,
    drains,
    opened: async () => {
      const late = Promise.withResolvers<never>();
      const giveUp = () => late.reject(latest);
      const timer = setTimeout(giveUp, inboxWithinMs);
      waiting.add(giveUp);
      await Promise.race([ready.promise, late.promise]).finally(() => {
        clearTimeout(timer);
        waiting.delete(giveUp);
      });
    },
    close: () => {
      for (const giveUp of waiting) giveUp();
      return consumer.close();
    },
  };
}

const cancelled = z.object({ cancel: z.string(), attempt: z.int(), reason: z.string() });

export const writeCancel = (run: RunId, attempt: number, reason: string): Buffer =>
  writeFrame({ cancel: run, attempt, reason });

const drained = z.object({ drain: z.boolean() });

export const writeDrain = (isDrained: boolean): Buffer => writeFrame({ drain: isDrained });

function readCancel(
  head: unknown,
): { readonly run: RunId; readonly attempt: number; readonly reason: string } | undefined {
  const written = cancelled.safeParse(head).data;
  const run = written && parseRunId(written.cancel);
  return run && { run, attempt: written.attempt, reason: written.reason };
}
