import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Publisher } from 'rabbitmq-client';
import type { ControlEnd } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { within } from '../../lib/within.ts';
import type { Broker } from './broker.ts';
import type { Declarations } from './declarations.ts';
import { writeFrame } from './frame.ts';
import { exchanges, queues } from './names.ts';
import { withoutLeader } from './refusals.ts';
import type { TicketKeys } from './ticket-keys.ts';

/** A queue that has a leader confirms within milliseconds; without one, RabbitMQ takes a minute to say so. */
const confirmsWithinMs = 5_000;

/**
 * Hands tickets to the broker. A pool whose queue takes none is found by its first tickets, and the next are refused at
 * once until RabbitMQ has said what became of those: no pool waits for another one's queue.
 */
export function createTicketSender(
  broker: Broker,
  keys: TicketKeys,
  declarations: Pick<Declarations, 'pools' | 'missed'>,
): Pick<ControlEnd, 'send' | 'obstacle'> & AsyncDisposable {
  const publishers = new Map<string, Publisher>();
  const returned = new Set<string>();
  /** How many tickets of a pool the broker is still silent about. */
  const overdue = new Map<string, number>();
  /** Why the last ticket of a pool did not get into its queue. */
  const obstacles = new Map<string, string>();

  async function publish(pool: string, body: Buffer): Promise<void> {
    if (overdue.has(pool)) throw silent(broker, pool);
    const refused = await declarations.pools([pool]);
    if (refused !== undefined) throw refused;
    const messageId = randomUUID();
    const confirmed = publisherOf(pool).send(
      { exchange: exchanges.jobs, routingKey: pool, durable: true, mandatory: true, messageId },
      body,
    );
    if (!(await within(confirmsWithinMs, confirmed))) {
      count(pool, 1);
      // Whether it came through makes no difference: a ticket may come twice.
      void confirmed.catch(() => undefined).finally(() => count(pool, -1));
      throw silent(broker, pool);
    }
    // A message that has nowhere to go comes back before it is confirmed, and is told of a turn later.
    await setImmediate();
    if (!returned.delete(messageId)) return;
    declarations.missed(pool);
    throw new SignalboxError('unavailable', `RabbitMQ has lost the queue of pool ${pool}: it is made again`);
  }

  /** RabbitMQ holds up the whole channel of who sends to a queue without a leader: each pool has its own. */
  function publisherOf(pool: string): Publisher {
    const known = publishers.get(pool);
    if (known !== undefined) return known;
    const publisher = broker.connection.createPublisher({ confirm: true });
    publisher.on('basic.return', ({ messageId }) => returned.add(messageId ?? ''));
    publishers.set(pool, publisher);
    return publisher;
  }

  function count(pool: string, by: 1 | -1): void {
    const now = (overdue.get(pool) ?? 0) + by;
    if (now > 0) overdue.set(pool, now);
    else overdue.delete(pool);
  }

  return {
    send: async ticket => {
      const { pool, run } = ticket;
      try {
        await publish(pool, writeFrame({ ...ticket, key: keys.keyOf(run) }));
      } catch (error) {
        const told = broker.refusal(error);
        obstacles.set(pool, told.message);
        broker.trouble(told);
        throw told;
      }
      obstacles.delete(pool);
    },
    obstacle: pool => obstacles.get(pool) ?? null,
    [Symbol.asyncDispose]: async () => {
      const closing = Promise.all([...publishers.values()].map(publisher => publisher.close()));
      // A channel that RabbitMQ holds up ends with the connection.
      await within(confirmsWithinMs, closing);
    },
  };
}

const silent = ({ virtualHost }: Broker, pool: string): SignalboxError =>
  withoutLeader(virtualHost, queues.pool(pool), `no agent hears of runs in pool ${pool}`);
