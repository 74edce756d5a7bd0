import type { Channel } from 'rabbitmq-client';
import { errorCodes, SignalboxError } from '../../domain/errors.ts';
import type { Broker } from './broker.ts';
import { type Numbered, readBundle, writeBundles } from './bundle.ts';
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

/** Beyond that, what there is to ask waits until an answer has come, and goes together. */
const mostUnderWay = 2;
/** So much is asked at once. */
const most = { questions: 64, bytes: 512 * 1024 };

type Waiting = PromiseWithResolvers<unknown>;

/** A question, from when it is asked until it is settled. */
interface Question extends Numbered {
  readonly agent: string;
  readonly who: Waiting;
  /** Those it was sent with; undefined while it waits. */
  sent: Sending | undefined;
}

/** Questions that went together. */
interface Sending {
  readonly line: Promise<Line>;
  unsettled: number;
}

/** A channel to ask over, and who waits for an answer that comes over it. */
interface Line {
  readonly channel: Channel;
  readonly waiting: Map<number, Waiting>;
}

export function createAsker(broker: Broker): Asker {
  /** The line that the next question is asked over. */
  let current: Promise<Line> | undefined;
  let asked = 0;
  let pending: readonly Question[] = [];
  let underWay = 0;
  let isDue = false;

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
    const waiting = new Map<number, Waiting>();
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
    await channel.basicConsume({ queue: replies, noAck: true }, ({ body }) => {
      for (const { number, frame } of readBundle(body) ?? []) {
        const who = waiting.get(number);
        waiting.delete(number);
        if (who !== undefined) settle(who, frame);
      }
    });
    return { channel, waiting };
  }

  /** After what is happening now: what else is asked meanwhile goes along. */
  function sendSoon(): void {
    if (isDue || pending.length === 0 || underWay >= mostUnderWay) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      while (pending.length > 0 && underWay < mostUnderWay) void send(takePending());
    });
  }

  /** Those that go together, of one agent: its name is on the message. */
  function takePending(): readonly Question[] {
    const [first] = pending;
    const together: Question[] = [];
    let bytes = 0;
    for (const question of pending) {
      bytes += question.frame.length;
      if (together.length > 0 && (together.length === most.questions || bytes > most.bytes)) break;
      if (question.agent === first?.agent) together.push(question);
    }
    pending = pending.filter(question => !together.includes(question));
    return together;
  }

  async function send(questions: readonly Question[]): Promise<void> {
    current ??= renew();
    const sending: Sending = { line: current, unsettled: questions.length };
    underWay += 1;
    for (const question of questions) question.sent = sending;
    try {
      const { channel, waiting } = await sending.line;
      // Whoever could not wait for the line has gone.
      const left = questions.filter(({ sent }) => sent !== undefined);
      for (const { number, who } of left) waiting.set(number, who);
      for (const body of writeBundles(left))
        await channel.basicPublish(
          {
            exchange: exchanges.up,
            routingKey: routes.ask(questions[0]?.agent ?? ''),
            replyTo: replies,
            expiration: String(answersWithinMs),
            userId: broker.user,
          },
          body,
        );
    } catch (error) {
      const told = broker.refusal(error);
      for (const { who } of questions) who.reject(told);
    }
  }

  /** Gives its place to others, however it was settled. */
  async function forget(question: Question): Promise<void> {
    const { sent, number } = question;
    question.sent = undefined;
    pending = pending.filter(other => other !== question);
    if (sent === undefined) return;
    sent.unsettled -= 1;
    if (sent.unsettled === 0) underWay -= 1;
    sendSoon();
    const line = await sent.line.catch(() => undefined);
    if (line === undefined) return;
    const { channel, waiting } = line;
    waiting.delete(number);
    if (current !== sent.line && waiting.size === 0 && channel.active) await channel.close();
  }

  return {
    ask: async (agent, asking) => {
      const link = broker.link();
      if (link.state === 'down') throw new SignalboxError('unavailable', link.reason);
      asked = (asked + 1) % 2 ** 32;
      const who: Waiting = Promise.withResolvers();
      const question: Question = { number: asked, agent, frame: writeAsk(asking), who, sent: undefined };
      const timer = setTimeout(() => {
        // It may have been lost on its way into the queue: after a node of a cluster has died, a channel that was opened too
        // early goes on speaking to it, and says nothing of that. The next question gets a channel of its own.
        if (question.sent !== undefined) leave(question.sent.line);
        who.reject(
          new SignalboxError('unavailable', 'no control plane has answered: is one running, and connected?'),
        );
      }, answersWithinMs);
      pending = [...pending, question];
      sendSoon();
      try {
        return await who.promise;
      } finally {
        clearTimeout(timer);
        forget(question).catch(broker.trouble);
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
