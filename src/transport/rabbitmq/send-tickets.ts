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

/**
 * A queue that has a leader confirms within milliseconds; without one, RabbitMQ takes a minute to say so. A broker that
 * has been slower than that, and did confirm, is given twice as long as it took, up to the longest: or each ticket would
 * be sent again and again.
 */
const confirmsWithin = { usualMs: 5_000, longestMs: 15_000 };
/** A ticket that was not sent is offered again within seconds, here or by another control plane: an older obstacle is none. */
const obstacleMs = 60_000;
/** Idle ones beyond that are closed: brokers allow as few as 128 on a connection, and there may be a thousand pools. */
const mostLanes = 32;

/** The way into one pool's queue: RabbitMQ holds up the whole channel of who sends to a queue without a leader. */
interface Lane {
  readonly publisher: Publisher;
  /** How many tickets the broker has not answered yet. */
  unanswered: number;
  /** How many of them it should have answered by now. */
  overdue: number;
}

/**
 * Hands tickets to the broker. A pool whose queue takes none is found by its first tickets, and the next are refused at
 * once until RabbitMQ has said what became of those: no pool waits for another one's queue.
 */
export function createTicketSender(
  broker: Broker,
  keys: TicketKeys,
  declarations: Pick<Declarations, 'pools' | 'missed'>,
): Pick<ControlEnd, 'send' | 'obstacle'> & AsyncDisposable {
  /** The one that was used last is the last. */
  const lanes = new Map<string, Lane>();
  const returned = new Set<string>();
  /** Why the last ticket of a pool did not get into its queue. */
  const obstacles = new Map<string, { readonly message: string; readonly at: number }>();
  let patienceMs = confirmsWithin.usualMs;

  async function publish(pool: string, body: Buffer): Promise<void> {
    if ((lanes.get(pool)?.overdue ?? 0) > 0) throw silent(broker, pool);
    const refused = await declarations.pools([pool]);
    if (refused !== undefined) throw refused;
    const lane = laneOf(pool);
    const confirmed = confirm(lane, pool, body);
    if (await within(patienceMs, confirmed)) return;
    lane.overdue += 1;
    // Whether it came through makes no difference: a ticket may come twice.
    void confirmed.catch(() => undefined).finally(() => (lane.overdue -= 1));
    throw silent(broker, pool);
  }

  /** Resolves when the ticket is in the queue. */
  async function confirm(lane: Lane, pool: string, body: Buffer): Promise<void> {
    const messageId = randomUUID();
    const envelope = {
      exchange: exchanges.jobs,
      routingKey: pool,
      durable: true,
      mandatory: true,
      messageId,
    };
    const sentAt = performance.now();
    lane.unanswered += 1;
    try {
      await lane.publisher.send(envelope, body);
      const { usualMs, longestMs } = confirmsWithin;
      patienceMs = Math.min(Math.max(2 * (performance.now() - sentAt), usualMs), longestMs);
      // A message that has nowhere to go comes back before it is confirmed, and is told of a turn later.
      await setImmediate();
      if (!returned.has(messageId)) return;
    } finally {
      returned.delete(messageId);
      lane.unanswered -= 1;
    }
    declarations.missed(pool);
    throw new SignalboxError('unavailable', `RabbitMQ has lost the queue of pool ${pool}: it is made again`);
  }

  function laneOf(pool: string): Lane {
    const lane = lanes.get(pool) ?? newLane();
    lanes.delete(pool);
    lanes.set(pool, lane);
    for (const [other, { publisher, unanswered }] of lanes) {
      if (lanes.size <= mostLanes) break;
      if (unanswered > 0 || other === pool) continue;
      lanes.delete(other);
      publisher.close().catch(broker.trouble);
    }
    return lane;
  }

  function newLane(): Lane {
    const publisher = broker.connection.createPublisher({ confirm: true });
    publisher.on('basic.return', ({ messageId }) => returned.add(messageId ?? ''));
    return { publisher, unanswered: 0, overdue: 0 };
  }

  return {
    send: async ticket => {
      const { pool, run } = ticket;
      try {
        await publish(pool, writeFrame({ ...ticket, key: keys.keyOf(run) }));
      } catch (error) {
        const told = broker.refusal(error);
        obstacles.set(pool, { message: told.message, at: broker.now() });
        broker.trouble(told);
        throw told;
      }
      obstacles.delete(pool);
    },
    obstacle: pool => {
      const found = obstacles.get(pool);
      return found !== undefined && Math.abs(broker.now() - found.at) < obstacleMs ? found.message : null;
    },
    [Symbol.asyncDispose]: async () => {
      const closing = Promise.all([...lanes.values()].map(({ publisher }) => publisher.close()));
      // A channel that RabbitMQ holds up ends with the connection.
      await within(confirmsWithin.usualMs, closing);
    },
  };
}

const silent = ({ virtualHost }: Broker, pool: string): SignalboxError =>
  withoutLeader(virtualHost, queues.pool(pool), `no agent hears of runs in pool ${pool}`);
