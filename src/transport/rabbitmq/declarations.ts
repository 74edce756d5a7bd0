import type { Link } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { within } from '../../lib/within.ts';
import type { Broker } from './broker.ts';
import { nap } from './nap.ts';
import { declarePool, declareTopology } from './topology.ts';

/** Sees to it that all that is shared is there, after each connection anew: a broker may come back without its memory. */
export interface Declarations extends AsyncDisposable {
  /** Up when what every control plane and agent needs is there. */
  readonly link: () => Link;
  /** Resolves when the queues of these pools have been tried, with what stands in the way of one; they are wanted from now on. */
  readonly pools: (names: Iterable<string>) => Promise<SignalboxError | undefined>;
  /** The queue of a pool is gone, or may be: it is looked at when it is wanted next. */
  missed(pool: string): void;
  /** Something that all share is gone: everything is declared anew. */
  readonly missedShared: () => void;
  /** Resolves after the first try, with what stood in its way. */
  readonly tried: Promise<SignalboxError | undefined>;
}

/**
 * Wait after the n-th failed try on a connection:
 *
 *   1       2     3     4     5      6 …
 *   0.5 s   1 s   2 s   4 s   8 s    15 s …
 */
const firstRestMs = 500;
const longestRestMs = 15_000;
/** A queue whose nodes choose a leader may take some seconds; what takes longer has got lost. */
const declaresWithinMs = 10_000;

/** `made` hears of each pool whose queue was missing. */
export function createDeclarations(broker: Broker, made: () => void): Declarations {
  const wanted = new Set<string>();
  const pools = new Map<string, Promise<void>>();
  const underWay = new Set<string>();
  const firstTry = Promise.withResolvers<SignalboxError | undefined>();
  let link: Link = { state: 'down', reason: 'nothing has been declared in RabbitMQ yet' };
  let topology: Promise<void> = Promise.resolve();
  let connection = new AbortController();
  let keeping: Promise<void> = Promise.resolve();

  /** Tries until all is declared, or the connection is another one. */
  async function keepTrying(signal: AbortSignal): Promise<void> {
    for (let restMs = firstRestMs; !signal.aborted; restMs = Math.min(restMs * 2, longestRestMs)) {
      try {
        topology = inTime(declareTopology(broker));
        await topology;
        if (signal.aborted) return;
        if (link.state === 'down') link = { state: 'up', since: broker.now() };
        firstTry.resolve(undefined);
        const refused = await declareAll(wanted);
        if (refused === undefined) return;
        throw refused;
      } catch (error) {
        const told = broker.refusal(error);
        if (!signal.aborted && link.state === 'down') link = { state: 'down', reason: told.message };
        firstTry.resolve(told);
        broker.trouble(told);
      }
      await nap(restMs, signal);
    }
  }

  /** One after the other: a broker that makes many queues at once does not like it. */
  async function declareAll(names: Iterable<string>): Promise<SignalboxError | undefined> {
    let refused: SignalboxError | undefined;
    for (const name of names)
      await declareOnce(name).catch((error: unknown) => {
        refused ??= broker.refusal(error);
      });
    return refused;
  }

  async function declareOnce(pool: string): Promise<void> {
    wanted.add(pool);
    const its = broker.link();
    if (its.state === 'down') throw new SignalboxError('unavailable', its.reason);
    await topology.catch((error: unknown) => {
      throw broker.refusal(error);
    });
    const declaring =
      pools.get(pool) ??
      inTime(declareNow(pool)).catch((error: unknown) => {
        pools.delete(pool);
        throw broker.refusal(error);
      });
    pools.set(pool, declaring);
    return declaring;
  }

  async function declareNow(pool: string): Promise<void> {
    underWay.add(pool);
    try {
      if (await declarePool(broker, pool)) made();
    } finally {
      underWay.delete(pool);
    }
  }

  function current(): Link {
    const its = broker.link();
    if (its.state === 'down' || link.state === 'down') return its.state === 'down' ? its : link;
    return { state: 'up', since: Math.max(its.since, link.since) };
  }

  function begin(): void {
    connection.abort();
    connection = new AbortController();
    pools.clear();
    link = { state: 'down', reason: 'RabbitMQ is connected, and its queues are being declared' };
    keeping = keepTrying(connection.signal);
  }
  broker.onConnection(begin);

  return {
    link: current,
    pools: declareAll,
    missed: pool => {
      // Made by several at once, a new queue does not come to life.
      if (!underWay.has(pool)) pools.delete(pool);
    },
    missedShared: begin,
    tried: firstTry.promise,
    [Symbol.asyncDispose]: async () => {
      connection.abort();
      await keeping;
    },
  };
}

async function inTime(declaring: Promise<void>): Promise<void> {
  if (await within(declaresWithinMs, declaring)) return;
  throw new SignalboxError(
    'unavailable',
    `RabbitMQ has not made a queue within ${declaresWithinMs / 1000} seconds: it is tried again`,
  );
}
