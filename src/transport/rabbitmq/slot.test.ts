import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startBroker, type TestBroker, withoutRabbitmq } from '../../../test/support/rabbitmq-server.ts';
import { until } from '../../../test/support/server.ts';
import { createSystemClock } from '../../clock/system.ts';
import { parseAmqpUrl } from '../../lib/amqp-url.ts';
import { connectBroker } from './broker.ts';
import { serveSlot } from './slot.ts';

describe('a slot', { timeout: 100_000, skip: withoutRabbitmq }, () => {
  let broker: TestBroker;
  before(async () => {
    broker = await startBroker({ virtualHosts: ['sb'] });
  });
  after(() => broker?.[Symbol.asyncDispose]());

  for (const pools of [['one'], ['one', 'two']])
    test(`hears of tickets in a queue that was deleted and made again at once, of ${pools.length}`, async () => {
      const address = parseAmqpUrl(broker.url('sb'));
      assert.ok(address);
      await using own = await connectBroker({
        address,
        connectionName: 'test',
        clock: createSystemClock(),
        trouble: () => undefined,
      });
      using admin = broker.connect('sb');
      const publisher = admin.createPublisher({ confirm: true });
      const quorum = { durable: true, arguments: { 'x-queue-type': 'quorum' } } as const;
      for (const queue of pools) await admin.queueDeclare({ queue, ...quorum });
      const stop = new AbortController();
      await using parts = new AsyncDisposableStack();
      const taken: string[] = [];
      const serving = serveSlot(
        own,
        pools,
        {
          take: async ({ body }) => {
            taken.push(String(body));
            return 'done';
          },
          letIn: () => undefined,
          kept: () => undefined,
        },
        stop.signal,
        200,
      );
      parts.defer(async () => {
        stop.abort();
        await serving;
      });
      for (let round = 0; round < 10; round++) {
        await publisher.send({ routingKey: 'one' }, `before ${round}`);
        await until(() => taken.includes(`before ${round}`), 'the first ticket');
        await admin.queueDelete({ queue: 'one' });
        await admin.queueDeclare({ queue: 'one', ...quorum });
        await publisher.send({ routingKey: 'one' }, `after ${round}`);
        await until(() => taken.includes(`after ${round}`), 'the ticket in the new queue', 60_000);
      }
    });
});
