import { AMQPError, type Channel } from 'rabbitmq-client';
import type { Broker } from './broker.ts';
import { deadKey, exchanges, queues } from './names.ts';

/** Every redelivery means that an agent went away with the ticket: who brings down so many is given to no further one. */
export const mostDeliveries = 20;
/** Who asks has given up by then, and asks again. */
const asksLiveMs = 10_000;

/** Declares what every control plane and agent needs. Harmless when it is there already. */
export async function declareTopology({ connection }: Broker): Promise<void> {
  await using channel = await opened(connection.acquire());
  for (const [exchange, type] of [
    [exchanges.jobs, 'direct'],
    [exchanges.up, 'topic'],
    [exchanges.hints, 'fanout'],
    [exchanges.undeliverable, 'direct'],
  ] as const)
    await channel.exchangeDeclare({ exchange, type, durable: true });
  await channel.queueDeclare({
    queue: queues.asks,
    durable: true,
    // Replicated like all others: it must not go with the node that made it.
    arguments: { 'x-queue-type': 'quorum', 'x-message-ttl': asksLiveMs },
  });
  await channel.queueBind({ queue: queues.asks, exchange: exchanges.up, routingKey: 'ask.#' });
  await channel.queueDeclare({ queue: queues.dead, durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.queueBind({ queue: queues.dead, exchange: exchanges.undeliverable, routingKey: deadKey });
}

/** Declares the queue of a pool; tells whether it was missing, and with it all that had been in it. */
export async function declarePool(broker: Broker, pool: string): Promise<boolean> {
  const isThere = await isPoolThere(broker, pool);
  const { connection } = broker;
  await using channel = await opened(connection.acquire());
  await channel.queueDeclare({
    queue: queues.pool(pool),
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': mostDeliveries,
      'x-dead-letter-exchange': exchanges.undeliverable,
      'x-dead-letter-routing-key': deadKey,
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  });
  await channel.queueBind({ queue: queues.pool(pool), exchange: exchanges.jobs, routingKey: pool });
  return !isThere;
}

async function isPoolThere({ connection }: Broker, pool: string): Promise<boolean> {
  await using channel = await opened(connection.acquire());
  try {
    await channel.queueDeclare({ queue: queues.pool(pool), passive: true });
    return true;
  } catch (error) {
    if (error instanceof AMQPError && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}

/** A channel that is closed with its block. */
export async function opened(acquired: Promise<Channel>): Promise<Channel & AsyncDisposable> {
  const channel = await acquired;
  return Object.assign(channel, { [Symbol.asyncDispose]: () => channel.close() });
}
