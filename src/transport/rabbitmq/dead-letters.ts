import type { Served } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { parseRunId, type RunId } from '../../domain/id.ts';
import type { Broker } from './broker.ts';
import { readFrame } from './frame.ts';
import { queues } from './names.ts';
import { mostDeliveries } from './topology.ts';

/** Ends the runs whose tickets nobody can be given, so that they do not wait for ever. */
export function createDeadLetters(broker: Broker, served: Pick<Served, 'undelivered'>): AsyncDisposable {
  const consumer = broker.connection.createConsumer(
    { queue: queues.dead, queueOptions: { passive: true }, qos: { prefetchCount: 1 }, concurrency: 1 },
    async ({ body }) => {
      const run = runOf(body);
      const reason = `its ticket was given to agents ${mostDeliveries} times, and each time its agent went away or could not read it`;
      broker.trouble(
        new SignalboxError('conflict', `${run ?? 'a message that is no ticket'} is undeliverable: ${reason}`),
      );
      if (run !== undefined) await served.undelivered(run, reason);
    },
  );
  consumer.on('error', broker.trouble);
  return { [Symbol.asyncDispose]: () => consumer.close() };
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
