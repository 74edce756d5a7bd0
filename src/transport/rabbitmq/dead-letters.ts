import type { Served } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { parseRunId, type RunId } from '../../domain/id.ts';
import type { Broker } from './broker.ts';
import { readFrame } from './frame.ts';
import { queues } from './names.ts';
import { nap } from './nap.ts';
import { mostDeliveries } from './topology.ts';

/** A store that is away is asked again after this. */
const againMs = 1_000;

/** Ends the runs whose tickets nobody can be given, so that they do not wait for ever. */
export function createDeadLetters(broker: Broker, served: Pick<Served, 'undelivered'>): AsyncDisposable {
  const over = new AbortController();
  const consumer = broker.connection.createConsumer(
    { queue: queues.dead, queueOptions: { passive: true }, qos: { prefetchCount: 1 }, concurrency: 1 },
    async ({ body }) => {
      const run = runOf(body);
      const reason = `its ticket was given to agents ${mostDeliveries} times, and each time its agent went away or could not read it`;
      broker.trouble(
        new SignalboxError('conflict', `${run ?? 'a message that is no ticket'} is undeliverable: ${reason}`),
      );
      if (run !== undefined) await told(run, reason);
    },
  );
  consumer.on('error', broker.trouble);

  /** Keeps the message in its hands until the store has it: given back, it would come again at once, and not for ever. */
  async function told(run: RunId, reason: string): Promise<void> {
    while (!over.signal.aborted) {
      try {
        return await served.undelivered(run, reason);
      } catch (error) {
        broker.trouble(error);
        await nap(againMs, over.signal);
      }
    }
    throw new SignalboxError(
      'unavailable',
      `${run} is undeliverable, and could not be told of: it is told again`,
    );
  }

  return {
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await consumer.close();
    },
  };
}

/** Whose ticket it is; of one in a later version's language as well, where that can be seen. */
function runOf(body: unknown): RunId | undefined {
  const read = readFrame(body);
  if (read.result === 'garbled') return undefined;
  const { head } = read;
  return typeof head === 'object' && head !== null && 'run' in head
    ? parseRunId(String(head.run))
    : undefined;
}
