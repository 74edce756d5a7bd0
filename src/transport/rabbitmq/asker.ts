import type { Channel } from 'rabbitmq-client';
import { errorCodes, SignalboxError } from '../../domain/errors.ts';
import type { Broker } from './broker.ts';
import { readFrame } from './frame.ts';
import { exchanges, routes } from './names.ts';
import { type Ask, writeAsk } from './wire.ts';

/** An answer takes milliseconds; a control plane that is this slow is asked again, perhaps another one. */
const answersWithinMs = 5_000;
/** Where the broker puts answers, for the channel that asked alone: they lie in no queue, and on no disk. */
const replies = 'amq.rabbitmq.reply-to';

/** Asks control planes, and hears their answers. */
export interface Asker extends AsyncDisposable {
  /** The answer's `ok`. Rejects with the control plane's own refusal, or `unavailable` when nobody answers in time. */
  ask(agent: string, asked: Ask): Promise<unknown>;
}

type Waiting = PromiseWithResolvers<unknown>;

/** A channel to ask over, and who waits for an answer that comes over it. */
interface Line {
  readonly channel: Channel;
  readonly waiting: Map<string, Waiting>;
}

export function createAsker(broker: Broker): Asker {
  /** The line that the next question is asked over. */
  let current: Promise<Line> | undefined;
  let asked = 0;

  function renew(): Promise<Line> {
    const line = open(() => leave(line)).catch((error: unknown) => {
      leave(line);
      throw broker.refusal(error);
    });
    return line;
  }

  function leave(line: Promise<Line>): void {
    if (current === line) current = undefined;
  }

  async function open(closed: () => void): Promise<Line> {
    const channel = await broker.connection.acquire({ emitErrorsFromChannel: true });
    const waiting = new Map<string, Waiting>();
    let cause: unknown = new SignalboxError(
      'unavailable',
      'the connection to RabbitMQ broke before the answer came',
    );
    channel.on('error', (error: unknown) => {
      cause = broker.refusal(error);
    });
    channel.once('close', () => {
      closed();
      for (const { reject } of waiting.values()) reject(cause);
      waiting.clear();
    });
    await channel.basicConsume({ queue: replies, noAck: true }, ({ correlationId = '', body }) => {
      const who = waiting.get(correlationId);
      waiting.delete(correlationId);
      if (who !== undefined) settle(who, body);
    });
    return { channel, waiting };
  }

  return {
    ask: async (agent, question) => {
      const link = broker.link();
      if (link.state === 'down') throw new SignalboxError('unavailable', link.reason);
      const body = writeAsk(question);
      current ??= renew();
      const line = current;
      const { channel, waiting } = await line;
      const correlationId = String(++asked);
      const who: Waiting = Promise.withResolvers();
      waiting.set(correlationId, who);
      const timer = setTimeout(() => {
        // It may have been lost on its way into the queue: after a node of a cluster has died, a channel that was opened too
        // early goes on speaking to it, and says nothing of that. The next question gets a channel of its own.
        leave(line);
        who.reject(
          new SignalboxError('unavailable', 'no control plane has answered: is one running, and connected?'),
        );
      }, answersWithinMs);
      channel
        .basicPublish(
          {
            exchange: exchanges.up,
            routingKey: routes.ask(agent),
            replyTo: replies,
            correlationId,
            expiration: String(answersWithinMs),
            userId: broker.user,
          },
          body,
        )
        .catch((error: unknown) => who.reject(broker.refusal(error)));
      try {
        return await who.promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(correlationId);
        if (current !== line && waiting.size === 0 && channel.active) channel.close().catch(broker.trouble);
      }
    },
    [Symbol.asyncDispose]: async () => {
      const line = await current?.catch(() => undefined);
      await line?.channel.close();
    },
  };
}

function settle(who: Waiting, body: unknown): void {
  const read = readFrame(body);
  if (read.result !== 'read') return who.reject(new SignalboxError('conflict', `the answer: ${read.reason}`));
  const { head } = read;
  if (typeof head === 'object' && head !== null && 'ok' in head) return who.resolve(head.ok);
  const refused = typeof head === 'object' && head !== null && 'error' in head ? head.error : undefined;
  who.reject(errorOf(refused));
}

function errorOf(value: unknown): SignalboxError {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('message' in value))
    return new SignalboxError('internal', 'the answer of the control plane says nothing');
  const code = errorCodes.find(known => known === value.code) ?? 'internal';
  return new SignalboxError(code, String(value.message));
}
