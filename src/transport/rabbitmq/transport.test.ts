import { after } from 'node:test';
import { startBroker, type TestBroker, withoutRabbitmq } from '../../../test/support/rabbitmq-server.ts';
import { createSystemClock } from '../../clock/system.ts';
import { transportSuite } from '../../contracts/transport.suite.ts';
import { parseAmqpUrl } from '../../lib/amqp-url.ts';
import { openRabbitmqTransport } from './transport.ts';

const virtualHosts = Array.from({ length: 20 }, (_, n) => `v${n}`);
let starting: Promise<TestBroker> | undefined;
let opened = 0;
after(async () => {
  await (await starting)?.[Symbol.asyncDispose]();
});

transportSuite(
  'rabbitmq',
  async () => {
    starting ??= startBroker({ virtualHosts });
    const broker = await starting;
    const address = parseAmqpUrl(broker.url(`v${opened++}`));
    if (address === undefined) throw new Error('the broker has no address');
    return openRabbitmqTransport({
      address,
      connectionName: 'test',
      ticketSecret: 'of this test',
      clock: createSystemClock(),
      trouble: error => console.error(error.message),
    });
  },
  withoutRabbitmq,
);
