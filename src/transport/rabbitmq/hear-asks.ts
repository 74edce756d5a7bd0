import type { AsyncMessage, Channel } from 'rabbitmq-client';
import type { Link } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { within } from '../../lib/within.ts';
import type { Broker } from './broker.ts';
import { readBundle, writeBundles } from './bundle.ts';
import { queues } from './names.ts';
import { nap } from './nap.ts';
import { withoutLeader } from './refusals.ts';

/**
 * How many messages with questions are answered at a time: as many as one commit of the store takes in gladly. What comes
 * beyond that waits in the broker, where it gets old and goes, instead of in this process's memory.
 */
const asksAtATime = 64;
/** After a channel that broke or could not be opened, and while nothing is declared. */
const restMs = 200;
/** A queue whose nodes choose a leader may take some seconds to answer; what takes longer has got lost. */
const opensWithinMs = 10_000;

/** Answers what agents ask, until it is disposed. */
export interface HearsAsks extends AsyncDisposable {
  /** Up while questions arrive. */
  readonly link: () => Link;
  /** How many are being answered. */
  readonly questions: () => number;
}

export function hearAsks(
  broker: Broker,
  needs: {
    /** Whether there is a queue to take questions from. */
    readonly isDeclared: () => boolean;
    /** Somebody has deleted that queue: it is to be declared anew. */
    readonly missed: () => void;
    /** What is sent back to who has asked, for one of the questions in a message. Never rejects. */
    readonly answer: (message: AsyncMessage, question: Buffer) => Promise<Buffer>;
  },
): HearsAsks {
  const over = new AbortController();
  const replies = broker.connection.createPublisher({ confirm: false });
  const answering = new Set<Promise<void>>();
  let questions = 0;
  let link: Link = { state: 'down', reason: 'agents are not listened to yet' };

  async function take(channel: Channel, message: AsyncMessage): Promise<void> {
    const { replyTo, correlationId = '', deliveryTag } = message;
    const asked = readBundle(message.body);
    if (asked === undefined)
      broker.trouble(new SignalboxError('invalid', `${message.routingKey}: no question of signalbox`));
    const answers = await Promise.all(
      (asked ?? []).map(async ({ number, frame }) => {
        questions += 1;
        const said = await needs.answer(message, frame);
        questions -= 1;
        return { number, frame: said };
      }),
    );
    // The question may be repeated where an answer gets lost.
    if (replyTo !== undefined)
      for (const body of writeBundles(answers))
        await replies.send({ routingKey: replyTo, correlationId }, body).catch(() => undefined);
    // Whose channel broke meanwhile has nothing to settle: somebody is asked again, and answers the same.
    if (channel.active) channel.basicAck({ deliveryTag });
  }

  /** Takes questions from one channel until it breaks, or all is over and what was taken is answered. */
  async function hear(signal: AbortSignal): Promise<void> {
    const channel = await broker.connection.acquire();
    const end = Promise.withResolvers<void>();
    for (const event of ['close', 'basic.cancel']) channel.once(event, () => end.resolve());
    const aborted = (): void => end.resolve();
    signal.addEventListener('abort', aborted);
    channel.once('close', () => signal.removeEventListener('abort', aborted));
    const consuming = consume(channel);
    if (!(await within(opensWithinMs, consuming))) {
      // It closes when it is answered, if ever: nobody waits for that.
      channel.close().catch(broker.trouble);
      throw withoutLeader(broker.virtualHost, queues.asks, 'agents are not heard');
    }
    link = { state: 'up', since: broker.now() };
    await end.promise;
    if (!signal.aborted)
      link = { state: 'down', reason: 'agents are not heard: the channel to RabbitMQ broke' };
    else if (channel.active) {
      await channel.basicCancel({ consumerTag: (await consuming).consumerTag });
      await Promise.all(answering);
    }
    await channel.close();
  }

  async function consume(channel: Channel): Promise<{ readonly consumerTag: string }> {
    await channel.basicQos({ prefetchCount: asksAtATime });
    return channel.basicConsume({ queue: queues.asks }, message => {
      const taken = take(channel, message)
        .catch(broker.trouble)
        .finally(() => answering.delete(taken));
      answering.add(taken);
    });
  }

  const hearing = (async () => {
    while (!over.signal.aborted) {
      try {
        // What was taken over a channel that broke is still being answered: no more is taken on top of too much.
        if (needs.isDeclared() && answering.size < asksAtATime) await hear(over.signal);
      } catch (error) {
        const told = broker.refusal(error);
        link = { state: 'down', reason: told.message };
        if (told.code === 'not_found') needs.missed();
        // While there is no connection, that is told already.
        if (broker.link().state === 'up') broker.trouble(told);
      }
      await nap(restMs, over.signal);
    }
  })();
  return {
    link: () => link,
    questions: () => questions,
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await hearing;
      await replies.close();
    },
  };
}
