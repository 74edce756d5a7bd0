import { Connection } from 'rabbitmq-client';
import type { Clock } from '../../contracts/clock.ts';
import type { Link } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { AmqpAddress } from '../../lib/amqp-url.ts';
import { answersAmqp } from '../../lib/answers-amqp.ts';
import { createSeldom } from '../../lib/seldom.ts';
import { isFinal, refusal } from './refusals.ts';

export interface BrokerOptions {
  readonly address: AmqpAddress;
  /** What this process is called on the broker's own pages. */
  readonly connectionName: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Hears what goes wrong on the way, in sentences for people. */
  readonly trouble: (error: SignalboxError) => void;
}

/** One connection, which is made again whenever it breaks. */
export interface Broker extends AsyncDisposable {
  readonly connection: Connection;
  readonly user: string;
  readonly virtualHost: string;
  readonly link: () => Link;
  /** The broker's complaint as a sentence. */
  readonly refusal: (error: unknown) => SignalboxError;
  readonly trouble: (error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls `each` now, if there is a connection, and after every one that is made. */
  onConnection(each: () => void): void;
}

/** The longest wait between two tries to connect; each is drawn by lot, so that a thousand agents do not come at once. */
const retry = { lowMs: 200, highMs: 5_000 };
const usualPort = 5672;
/** A broker that is there has answered long before that. */
const answersWithinMs = 5_000;
/** Half-open connections are found after about twice this. */
const heartbeatSeconds = 10;
/** What goes wrong goes wrong in every slot, and again at every try: the same sentence is told once in this time. */
const toldAgainAfterMs = 60_000;
/** More sentences than that at a time are a trouble of their own. */
const mostTold = 100;
/** What RabbitMQ offers by default: the library's own default cuts a log chunk into eight pieces. */
const frameBytes = 131_072;

/**
 * Connects. Throws what somebody has to mend (a wrong password, no such virtual host); a broker that is merely away is
 * waited for in the background.
 */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
  const { address, clock } = options;
  const [first] = address.hosts;
  // Whoever writes another port than the usual one may have taken that of the management, or of something else.
  if (first !== undefined && !address.tls && first.port !== usualPort)
    if ((await answersAmqp(first, answersWithinMs)) === false)
      throw new SignalboxError(
        'forbidden',
        `what answers at ${address.shown} is not RabbitMQ, or not without TLS: write the port where it speaks AMQP (${usualPort}, with TLS 5671)`,
      );
  const connection = new Connection({
    hostname: first?.host ?? 'localhost',
    port: first?.port ?? usualPort,
    ...(address.hosts.length > 1 ? { hosts: address.hosts.map(({ host, port }) => `${host}:${port}`) } : {}),
    username: address.user,
    password: address.password,
    vhost: address.virtualHost,
    // Each node shows a certificate for its own name.
    ...(address.tls ? { tls: true } : {}),
    connectionName: options.connectionName,
    noDelay: true,
    heartbeat: heartbeatSeconds,
    frameMax: frameBytes,
    connectionTimeout: answersWithinMs,
    acquireTimeout: answersWithinMs,
    retryLow: retry.lowMs,
    retryHigh: retry.highMs,
  });
  const told = createSeldom(toldAgainAfterMs, mostTold);
  function trouble(error: SignalboxError): void {
    if (told.say(error.message, clock.now()) !== undefined) options.trouble(error);
  }
  const listeners = new Set<() => void>();
  const opened = Promise.withResolvers<void>();
  let isStarting = true;
  let link: Link = { state: 'down', reason: `RabbitMQ at ${address.shown} has not answered yet` };
  const up = (): void => {
    link = { state: 'up', since: clock.now() };
  };
  connection.on('connection', () => {
    up();
    opened.resolve();
    for (const each of listeners) each();
  });
  connection.on('connection.blocked', reason => {
    const error = new SignalboxError(
      'unavailable',
      `RabbitMQ at ${address.shown} takes no messages (${reason}): free its memory or its disk`,
    );
    link = { state: 'down', reason: error.message };
    trouble(error);
  });
  connection.on('connection.unblocked', up);
  connection.on('error', (error: unknown) => {
    const told = refusal(address, error);
    if (!connection.ready) link = { state: 'down', reason: told.message };
    // At the start, what somebody has to mend is thrown, and told by whoever catches it.
    if (isStarting && isFinal(told)) return opened.reject(told);
    if (!connection.ready) opened.resolve();
    trouble(told);
  });

  const broker: Broker = {
    connection,
    user: address.user,
    virtualHost: address.virtualHost,
    // A connection that breaks says so a moment later than it is no use any more.
    link: () =>
      link.state === 'up' && !connection.ready
        ? { state: 'down', reason: `the connection to RabbitMQ at ${address.shown} is broken` }
        : link,
    refusal: error => refusal(address, error),
    trouble: error => trouble(refusal(address, error)),
    now: () => clock.now(),
    onConnection: each => {
      listeners.add(each);
      if (connection.ready) each();
    },
    [Symbol.asyncDispose]: async () => {
      // Whoever had a channel has closed it by now: what is left hangs on a broker that does not answer.
      connection.unsafeDestroy();
    },
  };
  const timer = setTimeout(() => opened.resolve(), answersWithinMs);
  try {
    await opened.promise;
  } catch (error) {
    const told = SignalboxError.from(error);
    if (isFinal(told)) {
      connection.unsafeDestroy();
      throw told;
    }
  } finally {
    isStarting = false;
    clearTimeout(timer);
  }
  return broker;
}
