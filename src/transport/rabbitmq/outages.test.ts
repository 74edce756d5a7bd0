import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { startBroker, type TestBroker, withoutRabbitmq } from '../../../test/support/rabbitmq-server.ts';
import { until } from '../../../test/support/server.ts';
import { createSystemClock } from '../../clock/system.ts';
import type { Clock } from '../../contracts/clock.ts';
import type { Served, Transport } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { runId } from '../../domain/id.ts';
import { parseAmqpUrl } from '../../lib/amqp-url.ts';
import { writeBundles } from './bundle.ts';
import { withoutLeader } from './refusals.ts';
import { openRabbitmqTransport } from './transport.ts';
import { writeAsk } from './wire.ts';

/** What a control plane does when RabbitMQ is not as it should be, or its own store is not. */

const run = runId('0'.repeat(26));
const patienceMs = 60_000;
const [alive = Buffer.alloc(0)] = writeBundles([
  { number: 1, frame: writeAsk({ ask: 'news', news: { kind: 'alive', runs: [] } }) },
]);
/** So many messages are worked on at a time. */
const atATime = 64;

describe('a control plane', { timeout: 200_000, skip: withoutRabbitmq }, () => {
  let broker: TestBroker;
  before(async () => {
    broker = await startBroker({
      virtualHosts: ['away', 'odd', 'slow', 'dead', 'headless', 'deleted', 'late', 'many'],
    });
  });
  after(() => broker?.[Symbol.asyncDispose]());

  const served = (some: Partial<Served> = {}): Served => ({
    begin: async () => ({ leaseMs: 1, isDrained: false }),
    claim: async () => ({ result: 'refused', reason: 'no' }),
    news: async () => undefined,
    undelivered: async () => undefined,
    ...some,
  });
  function open(url: string, clock: Pick<Clock, 'now'> = createSystemClock()): Promise<Transport> {
    const address = parseAmqpUrl(url);
    assert.ok(address);
    return openRabbitmqTransport({
      address,
      connectionName: 'test',
      ticketSecret: 'of this test',
      ticketsLost: () => undefined,
      clock,
      trouble: () => undefined,
    });
  }
  const isUp = (transport: Transport) =>
    until(() => transport.control.link().state === 'up', 'the link to be up', patienceMs);
  const isHeard = (transport: Transport) =>
    until(
      () =>
        transport.agent.news('admin', { kind: 'alive', runs: [] }).then(
          () => true,
          () => false,
        ),
      'questions to be answered again',
      patienceMs,
    );

  test('pools that were wanted while RabbitMQ was away at the start are there when it comes', async () => {
    // Where it will be: a door that is opened later, and leads to the broker.
    const door = createServer().listen(0, '127.0.0.1');
    await once(door, 'listening');
    const address = door.address();
    assert.ok(typeof address === 'object' && address !== null);
    door.close();
    await using transport = await open(broker.url('away').replace(/:\d+\//, `:${address.port}/`));
    transport.control.serve(served());
    const stop = new AbortController();
    const receiving = transport.agent.receive(['early'], 1, async () => undefined, stop.signal);
    assert.equal(transport.control.link().state, 'down');
    const opened = await leadTo(broker.port, address.port);
    await isUp(transport);
    using connection = broker.connect('away');
    await until(
      () =>
        connection.queueDeclare({ queue: 'sb.jobs.early', passive: true }).then(
          () => true,
          () => false,
        ),
      'the queue of the pool',
      patienceMs,
    );
    stop.abort();
    await receiving;
    opened.close();
  });

  test('what could not be declared is tried again on the same connection, and health says so', async () => {
    await using transport = await open(broker.url('odd'));
    transport.control.serve(served());
    await isUp(transport);
    using connection = broker.connect('odd');
    // As somebody makes it who knows better, while the connection breaks.
    await connection.queueDelete({ queue: 'sb.asks' });
    await connection.queueDeclare({ queue: 'sb.asks', durable: false });
    await broker.control('close_all_connections', '--vhost', 'odd', 'a test');
    const reason = await until(
      () => {
        const link = transport.control.link();
        return link.state === 'down' && /other arguments/.test(link.reason) ? link.reason : undefined;
      },
      'the trouble to be seen',
      patienceMs,
    );
    assert.match(reason, /inequivalent arg 'durable' for queue 'sb\.asks'.*delete it there/);
    await assert.rejects(transport.control.send({ run, pool: 'linux' }), /other arguments/);
    await connection.queueDelete({ queue: 'sb.asks' });
    await isUp(transport);
    await transport.control.send({ run, pool: 'linux' });
    await isHeard(transport);
  });

  test('the queue of questions is made again when somebody deletes it, as they are told to where it has no leader', async () => {
    await using transport = await open(broker.url('deleted'));
    transport.control.serve(served());
    await isUp(transport);
    const told = withoutLeader('deleted', 'sb.asks', 'agents are not heard').message;
    const [, command = ''] = /"rabbitmqctl ([^"]+)"/.exec(told) ?? [];
    await broker.control(...command.split(' '));
    await isHeard(transport);
  });

  test('an undeliverable run waits for a store that is away, and does not go round in circles', async () => {
    let tries = 0;
    const told = Promise.withResolvers<void>();
    const backAt = Date.now() + 3_000;
    await using transport = await open(broker.url('dead'));
    transport.control.serve(
      served({
        undelivered: async () => {
          tries += 1;
          if (Date.now() < backAt) throw new SignalboxError('unavailable', 'the store is away');
          told.resolve();
        },
      }),
    );
    await isUp(transport);
    await using parts = new AsyncDisposableStack();
    using connection = broker.connect('dead');
    const publisher = connection.createPublisher({ confirm: true });
    parts.defer(() => publisher.close());
    const body = Buffer.from(`${JSON.stringify({ v: 1, run, pool: 'linux' })}\n`);
    await publisher.send({ exchange: 'sb.dlx', routingKey: 'dead', durable: true }, body);
    await told.promise;
    // Given back, it would have come some thousand times.
    assert.ok(tries < 20, `${tries} tries`);
  });

  test('holds no more questions than it works on while its store hangs, and drops those that got old', async () => {
    await using transport = await open(broker.url('slow'));
    const gate = Promise.withResolvers<void>();
    let taken = 0;
    transport.control.serve(
      served({
        news: async () => {
          taken += 1;
          await gate.promise;
        },
      }),
    );
    await isUp(transport);
    await using parts = new AsyncDisposableStack();
    using connection = broker.connect('slow');
    const publisher = connection.createPublisher({ confirm: true });
    parts.defer(() => publisher.close());
    parts.defer(gate.resolve);
    const ask = { exchange: 'sb.up', routingKey: 'ask.admin', userId: 'admin' };
    const waiting = async () =>
      (await connection.queueDeclare({ queue: 'sb.asks', passive: true })).messageCount;
    for (let n = 0; n < atATime; n++) await publisher.send(ask, alive);
    await until(() => taken === atATime, 'as many to be taken as may be', patienceMs);
    assert.equal(transport.control.questions(), atATime);
    await Promise.all(
      Array.from({ length: 500 }, () => publisher.send({ ...ask, expiration: '1000' }, alive)),
    );
    await until(async () => (await waiting()) === 0, 'the others to get old', patienceMs);
    assert.equal(taken, atATime);
    gate.resolve();
    await publisher.send(ask, alive);
    await until(() => taken === atATime + 1, 'it to hear again', patienceMs);
  });

  test('a pool whose queue has lost its leader holds up no other; it is said how to mend it, and that mends it', async () => {
    await using transport = await open(broker.url('headless'));
    transport.control.serve(served());
    await isUp(transport);
    const sent = (pool: string) =>
      transport.control.send({ run, pool }).then(
        () => true,
        () => false,
      );
    await transport.control.send({ run, pool: 'old' });
    await broker.kill();
    await broker.start();
    await isUp(transport);
    await transport.control.send({ run, pool: 'new' });
    await broker.killAtOnce();
    await broker.start();
    await isUp(transport);
    const told = {
      code: 'unavailable',
      message: /^no agent hears of runs in pool new: the queue sb\.jobs\.new of RabbitMQ /,
    };
    await assert.rejects(transport.control.send({ run, pool: 'new' }), told);
    await assert.rejects(transport.control.send({ run, pool: 'new' }), told);
    assert.equal(await sent('old'), true);
    assert.equal(transport.control.obstacle('old'), null);
    const [, command = ''] = /"rabbitmqctl ([^"]+)"/.exec(transport.control.obstacle('new') ?? '') ?? [];
    await broker.control(...command.split(' '));
    await until(() => sent('new'), 'the queue to take tickets again', patienceMs);
    assert.equal(transport.control.obstacle('new'), null);
  });

  test('a ticket gets through to a broker that is always slow, instead of being sent again and again', async t => {
    const lag = { ms: 0 };
    const door = await leadTo(broker.port, 0, lag);
    t.after(() => void door.close());
    const address = door.address();
    assert.ok(typeof address === 'object' && address !== null);
    await using transport = await open(broker.url('late').replace(/:\d+\//, `:${address.port}/`));
    await isUp(transport);
    await transport.control.send({ run, pool: 'linux' });
    lag.ms = 6_000;
    await assert.rejects(transport.control.send({ run, pool: 'linux' }), /seems to have lost its leader/);
    await until(
      () =>
        transport.control.send({ run, pool: 'linux' }).then(
          () => true,
          () => false,
        ),
      'the ticket to be taken',
      patienceMs,
    );
    lag.ms = 0;
  });

  test('more pools than a connection may have channels get their tickets', async t => {
    const allow = (channels: number) =>
      broker.control('eval', `application:set_env(rabbit, channel_max, ${channels}).`);
    await allow(45);
    t.after(() => allow(2047));
    await using transport = await open(broker.url('many'));
    await isUp(transport);
    for (let pool = 0; pool < 50; pool++) await transport.control.send({ run, pool: `many-${pool}` });
    // One whose channel was closed gets another.
    await transport.control.send({ run, pool: 'many-0' });
  });

  test('what kept a ticket from being sent long ago is no obstacle: another control plane has sent it since', async () => {
    let now = 1_000_000;
    await using transport = await open('amqp://admin:admin@127.0.0.1:1/away', { now: () => now });
    await assert.rejects(transport.control.send({ run, pool: 'linux' }), { code: 'unavailable' });
    assert.match(transport.control.obstacle('linux') ?? '', /does not answer|not RabbitMQ/);
    now += 60_000;
    assert.equal(transport.control.obstacle('linux'), null);
  });
});

/** Leads from one port to another, on loopback; what comes back comes later. */
async function leadTo(target: number, port: number, lag = { ms: 0 }): Promise<Server> {
  const server = createServer(socket => {
    const way = connect(target, '127.0.0.1');
    socket.pipe(way);
    way.on('data', piece => {
      setTimeout(() => socket.write(piece), lag.ms);
    });
    for (const each of [socket, way]) each.on('error', () => undefined);
    socket.once('close', () => way.destroy());
    way.once('close', () => socket.destroy());
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
