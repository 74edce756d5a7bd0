import type { AsyncMessage, Channel, SyncMessage } from 'rabbitmq-client';
import { SignalboxError } from '../../domain/errors.ts';
import type { Broker } from './broker.ts';
import { nap } from './nap.ts';
import { opened } from './topology.ts';

type Message = AsyncMessage | SyncMessage;

/** What becomes of a message: it is done, somebody else shall have it, or nobody. */
export type Settled = 'done' | 'again' | 'dead';

/**
 * A slot whose channel broke looks again after this, and twice as late each time that it could not take part: a queue that
 * somebody has deleted may stay away for long.
 */
const firstRestMs = 500;
const longestRestMs = 5_000;

/**
 * A slot that has heard nothing for so long opens its channel anew: where somebody deletes a queue and it is made again at
 * once, RabbitMQ 3.10 tells nobody who listens that they listen to the old one.
 */
const opensAnewAfterMs = 60_000;

/** What a slot does with what it hears. */
export interface SlotUse {
  readonly take: (message: Message) => Promise<Settled>;
  /** Hears that tickets come. */
  readonly letIn: () => void;
  /** Hears why none come; what it throws ends the slot. */
  readonly kept: (why: SignalboxError) => void;
}

/**
 * One slot of an agent: takes a message at a time from these queues, earlier ones first, and settles it when `take` has
 * resolved, however long that takes. Ends when the signal aborts and nothing is taken.
 *
 * A slot has a channel of its own, and holds no message beside the one it works on: what it could not start at once
 * belongs to other agents.
 */
export async function serveSlot(
  broker: Broker,
  queues: readonly string[],
  { take, letIn, kept }: SlotUse,
  signal: AbortSignal,
  idleMs: number = opensAnewAfterMs,
): Promise<void> {
  let restMs = firstRestMs;
  const listening = (): void => {
    restMs = firstRestMs;
    letIn();
  };
  while (!signal.aborted) {
    try {
      await using channel = await opened(broker.connection.acquire());
      await channel.basicQos({ prefetchCount: 1 });
      // Not all at the same moment.
      const box = createBox(channel, signal, idleMs * (1 + Math.random()));
      const [only] = queues;
      const next =
        queues.length === 1 && only !== undefined
          ? await pushed(channel, only, listening, box)
          : pulled(channel, queues, listening, box);
      for (let message = await next(); message !== undefined; message = await next()) {
        const settled = await take(message);
        // Whose channel broke meanwhile has nothing to settle: the message is the broker's again, who gives it to
        // somebody, and the claim decides whether it still counts.
        if (!channel.active) break;
        const { deliveryTag } = message;
        if (settled === 'done') channel.basicAck({ deliveryTag });
        else channel.basicNack({ deliveryTag, requeue: settled === 'again' });
      }
    } catch (error) {
      if (signal.aborted) return;
      kept(broker.refusal(error));
      await nap(restMs, signal);
      restMs = Math.min(restMs * 2, longestRestMs);
    }
  }
}

type Next = () => Promise<Message | undefined>;

/** From one queue: the broker sends the next message as soon as the one before is settled. */
async function pushed(channel: Channel, queue: string, listening: () => void, box: Box): Promise<Next> {
  await channel.basicConsume({ queue }, box.put);
  listening();
  return box.next;
}

/** From several: each is asked in turn, and all are listened to only while all are empty. */
function pulled(channel: Channel, queues: readonly string[], listening: () => void, box: Box): Next {
  return async () => {
    for (const queue of queues) {
      const message = await channel.basicGet({ queue });
      if (message === undefined) continue;
      listening();
      return message;
    }
    const tags: string[] = [];
    for (const queue of queues) tags.push((await channel.basicConsume({ queue }, box.put)).consumerTag);
    listening();
    const message = await box.next();
    if (message === undefined) return undefined;
    for (const consumerTag of tags) await channel.basicCancel({ consumerTag });
    for (const { deliveryTag } of box.rest()) channel.basicNack({ deliveryTag, requeue: true });
    return message;
  };
}

/** Messages that have come and are not taken yet. */
interface Box {
  readonly put: (message: Message) => void;
  /** Undefined when the signal aborts, and when none has come for long; throws when no more will come. */
  readonly next: Next;
  readonly rest: () => readonly Message[];
}

function createBox(channel: Channel, signal: AbortSignal, idleMs: number): Box {
  const messages: Message[] = [];
  let wake = (): void => {};
  const woken = (): void => wake();
  let isDeaf = false;
  // Whoever deletes a queue cancels its consumers, and leaves their channels open.
  channel.once('basic.cancel', () => {
    isDeaf = true;
    wake();
  });
  signal.addEventListener('abort', woken);
  channel.once('close', () => {
    signal.removeEventListener('abort', woken);
    wake();
  });
  return {
    put: message => {
      messages.push(message);
      wake();
    },
    next: async () => {
      let isIdle = false;
      const idle = setTimeout(() => {
        isIdle = true;
        wake();
      }, idleMs);
      try {
        for (;;) {
          if (signal.aborted) return undefined;
          const message = messages.shift();
          if (message !== undefined || isIdle) return message;
          if (!channel.active) throw new Error('the channel was closed');
          if (isDeaf)
            throw new SignalboxError('unavailable', 'RabbitMQ has lost a queue of tickets: it is looked for');
          await new Promise<void>(resolve => {
            wake = resolve;
          });
        }
      } finally {
        clearTimeout(idle);
      }
    },
    rest: () => messages.splice(0),
  };
}
