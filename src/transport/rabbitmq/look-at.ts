import type { Clock } from '../../contracts/clock.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { AmqpAddress } from '../../lib/amqp-url.ts';
import { connectBroker } from './broker.ts';

/** Says who is let in where, and changes nothing; throws why nobody is. */
export async function lookAtBroker(address: AmqpAddress, clock: Pick<Clock, 'now'>): Promise<string> {
  const connectionName = 'signalbox doctor';
  await using broker = await connectBroker({ address, connectionName, clock, trouble: () => undefined });
  const link = broker.link();
  if (link.state === 'down') throw new SignalboxError('unavailable', link.reason);
  return `RabbitMQ lets ${address.user} in at ${address.shown}`;
}
