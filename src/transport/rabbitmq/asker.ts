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

export function createAsker(broker: Broker): Asker {
  const waiting = new Map<string, Waiting>();
  let opening: Promise<Channel> | undefined;
  let asked = 0;

  async function open(): Promise<Channel> {
    const channel = await broker.connection.acquire({ emitErrorsFromChannel: true });
    let cause: unknown = new SignalboxError(
      'unavailable',
      'the connection to RabbitMQ broke before the answer came',
    );
    channel.on('error', (error: unknown) => {
      cause = broker.refusal(error);
    });
    channel.once('close', () => {
      opening = undefined;
      for (const { reject } of waiting.values()) reject(cause);
      waiting.clear();
    });
    await channel.basicConsume({ queue: replies, noAck: true }, ({ correlationId = '', body }) => {
      const who = waiting.get(correlationId);
      waiting.delete(correlationId);
      if (who !== undefined) settle(who, body);
    });
    return channel;
  }

  return {
    ask: async (agent, question) => {
      const link = broker.link();
      if (link.state === 'down') throw new SignalboxError('unavailable', link.reason);
      const body = writeAsk(question);
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw broker.refusal(error);
      });
      const channel = await opening;
      const correlationId = String(++asked);
      const who: Waiting = Promise.withResolvers();
      waiting.set(correlationId, who);
      const timer = setTimeout(() => {
        waiting.delete(correlationId);
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
      }
    },
    [Symbol.asyncDispose]: async () => {
      const channel = await opening?.catch(() => undefined);
      await channel?.close();
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
