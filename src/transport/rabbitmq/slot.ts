import type { AsyncMessage, Channel, SyncMessage } from 'rabbitmq-client';
import type { Broker } from './broker.ts';
import { nap } from './nap.ts';
import { opened } from './topology.ts';

type Message = AsyncMessage | SyncMessage;

/** What becomes of a message: it is done, somebody else shall have it, or nobody. */
export type Settled = 'done' | 'again' | 'dead';

/** A slot whose channel broke looks again after this. */
const restMs = 500;

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
  take: (message: Message) => Promise<Settled>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await using channel = await opened(broker.connection.acquire());
      await channel.basicQos({ prefetchCount: 1 });
      const [only] = queues;
      const next =
        queues.length === 1 && only !== undefined
          ? await pushed(channel, only, signal)
          : pulled(channel, queues, signal);
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
      if (!signal.aborted) {
        broker.trouble(error);
        await nap(restMs, signal);
      }
    }
  }
}

type Next = () => Promise<Message | undefined>;

/** From one queue: the broker sends the next message as soon as the one before is settled. */
async function pushed(channel: Channel, queue: string, signal: AbortSignal): Promise<Next> {
  const box = createBox(channel, signal);
  await channel.basicConsume({ queue }, box.put);
  return box.next;
}

/** From several: each is asked in turn, and all are listened to only while all are empty. */
function pulled(channel: Channel, queues: readonly string[], signal: AbortSignal): Next {
  const box = createBox(channel, signal);
  return async () => {
    for (const queue of queues) {
      const message = await channel.basicGet({ queue });
      if (message !== undefined) return message;
    }
    const tags: string[] = [];
    for (const queue of queues) tags.push((await channel.basicConsume({ queue }, box.put)).consumerTag);
    const message = await box.next();
    if (message === undefined) return undefined;
    for (const consumerTag of tags) await channel.basicCancel({ consumerTag });
    for (const { deliveryTag } of box.rest()) channel.basicNack({ deliveryTag, requeue: true });
    return message;
  };
}

/** Messages that have come and are not taken yet. `next` ends with the signal, and throws when the channel has gone. */
function createBox(
  channel: Channel,
  signal: AbortSignal,
): {
  readonly put: (message: Message) => void;
  readonly next: Next;
  readonly rest: () => readonly Message[];
} {
  const messages: Message[] = [];
  let wake = (): void => {};
  const woken = (): void => wake();
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
      for (;;) {
        if (signal.aborted) return undefined;
        const message = messages.shift();
        if (message !== undefined) return message;
        if (!channel.active) throw new Error('the channel was closed');
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
    },
    rest: () => messages.splice(0),
  };
}
