import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { Channel, Connection } from 'rabbitmq-client';
import {
  type BrokerUser,
  startBroker,
  type TestBroker,
  withoutRabbitmq,
} from '../../../test/support/rabbitmq-server.ts';
import { until } from '../../../test/support/server.ts';
import { createSystemClock } from '../../clock/system.ts';
import type { AgentEnd, Served, Transport } from '../../contracts/transport.ts';
import type { Agent } from '../../domain/agent.ts';
import type { SignalboxError } from '../../domain/errors.ts';
import { runId } from '../../domain/id.ts';
import { parseAmqpUrl } from '../../lib/amqp-url.ts';
import { readBundle, writeBundles } from './bundle.ts';
import { lookAtBroker } from './look-at.ts';
import { rightsOf } from './names.ts';
import { openRabbitmqAgent, openRabbitmqTransport } from './transport.ts';

/** What an agent may do with the rights that it is given, and what the broker and control planes refuse. */

const box: Agent = {
  name: 'box.1',
  pools: ['linux'],
  slots: 1,
  version: '1',
  capabilities: { os: 'linux', arch: 'x64', node: 'v24', tools: [], isolation: false },
};
const user = (name: string, virtualHost = 'sb'): BrokerUser => ({
  name,
  password: 'its own',
  virtualHost,
  ...rightsOf(name, ['linux']),
});
const run = runId('0'.repeat(26));

function addressOf(url: string) {
  const address = parseAmqpUrl(url);
  if (address === undefined) throw new Error(`${url} is no address`);
  return address;
}

describe('RabbitMQ', { timeout: 120_000, skip: withoutRabbitmq }, () => {
  let broker: TestBroker;
  let control: Transport;
  const troubles: SignalboxError[] = [];
  const heard: unknown[] = [];
  const served: Served = {
    begin: async agent => (heard.push(['begin', agent.name]), { leaseMs: 1_000, isDrained: false }),
    claim: async (agent, run) => (heard.push(['claim', agent, run]), { result: 'refused', reason: 'no' }),
    news: async agent => void heard.push(['news', agent]),
    undelivered: async (run, reason) => void heard.push(['undelivered', run, reason]),
  };
  const options = (login: string, virtualHost = 'sb') => ({
    address: addressOf(broker.url(virtualHost, login)),
    connectionName: 'test',
    ticketSecret: 'of this test',
    ticketsLost: () => undefined,
    clock: createSystemClock(),
    trouble: (error: SignalboxError) => void troubles.push(error),
  });
  const agentEnd = (login = 'box.1:its%20own'): Promise<AgentEnd & AsyncDisposable> =>
    openRabbitmqAgent(options(login));
  const isTold = (words: RegExp) =>
    until(() => troubles.some(({ message }) => words.test(message)), String(words));

  before(async () => {
    const impostor = { ...user('impostor'), topicWrite: '.*' };
    broker = await startBroker({
      virtualHosts: ['sb', 'other', 'odd'],
      users: [user('box.1'), user('box-2'), user('box.1', 'odd'), impostor],
    });
    control = await openRabbitmqTransport(options('admin:admin'));
    control.control.serve(served);
    await control.control.send({ run, pool: 'linux' });
    await control.control.send({ run, pool: 'secret' });
  });
  after(async () => {
    await control?.[Symbol.asyncDispose]();
    await broker?.[Symbol.asyncDispose]();
  });

  test('lets an agent live with the rights that are made for it', async () => {
    await using agent = await agentEnd();
    assert.deepEqual(await agent.begin(box, 'it starts'), { leaseMs: 1_000, isDrained: false });
    assert.equal((await agent.claim('box.1', run, 'c1')).result, 'refused');
    await agent.news('box.1', { kind: 'alive', runs: [] });
    const stop = new AbortController();
    const taken = Promise.withResolvers<string>();
    const receiving = agent.receive(['linux'], 1, async ({ run }) => taken.resolve(run), stop.signal);
    assert.equal(await taken.promise, run);
    stop.abort();
    await receiving;
    const cancelled = Promise.withResolvers<string>();
    using _listening = agent.onCancel('box.1', (_, __, reason) => cancelled.resolve(reason));
    control.control.cancel('box.1', run, 1, 'enough');
    assert.equal(await cancelled.promise, 'enough');
    const present = Promise.withResolvers<string>();
    using _watching = control.control.onPresence(({ name }) => present.resolve(name));
    agent.present({ ...box, state: 'online' });
    assert.equal(await present.promise, 'box.1');
  });

  describe('refuses an agent', () => {
    let connection: Connection;
    let channel: Channel;
    let closed: unknown;
    before(async () => {
      connection = broker.connect('sb', 'box.1:its%20own');
      await connection.onConnect();
    });
    after(() => connection.unsafeDestroy());

    const attempts: Readonly<Record<string, (channel: Channel) => Promise<unknown>>> = {
      'the tickets of a pool that is not its own': channel =>
        channel.basicConsume({ queue: 'sb.jobs.secret' }, () => {}),
      'the questions of other agents': channel => channel.basicConsume({ queue: 'sb.asks' }, () => {}),
      'dead tickets': channel => channel.basicConsume({ queue: 'sb.dead' }, () => {}),
      "another agent's queue": channel => channel.queueDeclare({ queue: 'agent.box-2', exclusive: true }),
      // A dot in a name is no wildcard.
      'the queue of an agent of a similar name': channel =>
        channel.queueDeclare({ queue: 'agent.boxx1', exclusive: true }),
      'a queue of its own making': channel => channel.queueDeclare({ queue: 'mine' }),
      'what other agents say': channel =>
        channel.queueBind({ queue: 'agent.box.1', exchange: 'sb.up', routingKey: '#' }),
      'a ticket of its own': channel =>
        channel.basicPublish({ exchange: 'sb.jobs', routingKey: 'linux' }, 'x'),
      'a ticket past the exchange': channel => channel.basicPublish({ routingKey: 'sb.jobs.linux' }, 'x'),
      'an order to another agent': channel => channel.basicPublish({ routingKey: 'agent.box-2' }, 'x'),
      'a hint': channel => channel.basicPublish({ exchange: 'sb.hints' }, 'x'),
      'the deletion of a queue': channel => channel.queueDelete({ queue: 'sb.jobs.linux' }),
      'a question as another agent': channel =>
        channel.basicPublish({ exchange: 'sb.up', routingKey: 'ask.box-2', userId: 'box.1' }, 'x'),
      'a question with a forged user': channel =>
        channel.basicPublish({ exchange: 'sb.up', routingKey: 'ask.box.1', userId: 'box-2' }, 'x'),
    };
    for (const [what, attempt] of Object.entries(attempts))
      test(what, async () => {
        channel = await connection.acquire({ emitErrorsFromChannel: true });
        closed = undefined;
        channel.on('error', error => (closed = error));
        await channel.confirmSelect();
        await channel.queueDeclare({ queue: 'agent.box.1', exclusive: true }).catch(() => undefined);
        await attempt(channel).then(
          () => undefined,
          (error: unknown) => (closed = error),
        );
        const code = await until(
          () => (closed instanceof Error && 'code' in closed ? String(closed.code) : undefined),
          what,
        );
        assert.match(code, /^(?:ACCESS_REFUSED|PRECONDITION_FAILED)$/);
      });
  });

  test('a control plane does not listen to who bears another name, whatever the broker lets through', async () => {
    await using forged = await agentEnd('impostor:its%20own');
    const before = heard.length;
    await assert.rejects(forged.news('box.1', { kind: 'alive', runs: [] }), {
      code: 'forbidden',
      message:
        "the user impostor of RabbitMQ may not speak for the agent box.1: a user's name is its agent's name",
    });
    let seen = 0;
    using _watching = control.control.onPresence(() => void seen++);
    forged.present({ ...box, state: 'online' });
    await assert.rejects(forged.claim('box.1', run, 'c'), { code: 'forbidden' });
    assert.deepEqual([heard.length, seen], [before, 0]);
  });

  describe('what has to be mended is one sentence', () => {
    test('a wrong password', () =>
      assert.rejects(agentEnd('box.1:wrong'), {
        code: 'forbidden',
        message: `RabbitMQ does not let box.1 in at amqp://box.1@127.0.0.1:${broker.port}/sb: check the name and the password in that address`,
      }));
    test('and who is let in is told by the one look that a doctor takes', async () => {
      const look = (login: string) => lookAtBroker(addressOf(broker.url('sb', login)), createSystemClock());
      assert.match(await look('box.1:its%20own'), /^RabbitMQ lets box\.1 in at amqp:\/\/box\.1@127\.0\.0\.1/);
      await assert.rejects(look('box.1:wrong'), { code: 'forbidden' });
    });
    test('a port where a web server answers', async t => {
      const web = createServer().listen(0, '127.0.0.1');
      t.after(() => web.close());
      await once(web, 'listening');
      const place = web.address();
      assert.ok(typeof place === 'object' && place !== null);
      const address = { ...options('admin:admin').address, hosts: [{ host: '127.0.0.1', port: place.port }] };
      await assert.rejects(openRabbitmqAgent({ ...options('admin:admin'), address }), {
        code: 'forbidden',
        message:
          /is not RabbitMQ, or not without TLS: write the port where it speaks AMQP \(5672, with TLS 5671\)$/,
      });
    });
    test('a virtual host that there is not', () =>
      assert.rejects(openRabbitmqTransport(options('admin:admin', 'nowhere')), {
        code: 'forbidden',
        message:
          /^RabbitMQ has no virtual host "nowhere" that admin may enter .*: make it with "rabbitmqctl add_vhost nowhere"/,
      }));
    test('a virtual host that is not for this user', () =>
      assert.rejects(openRabbitmqAgent(options('box-2:its%20own', 'other')), {
        code: 'forbidden',
        message: /"other"/,
      }));
    test('a queue of ours with other arguments', async () => {
      using connection = broker.connect('odd');
      await connection.queueDeclare({ queue: 'sb.asks', durable: false });
      await assert.rejects(openRabbitmqTransport(options('admin:admin', 'odd')), {
        code: 'conflict',
        message:
          /^RabbitMQ has a queue or an exchange of this name with other arguments \(inequivalent arg 'durable' for queue 'sb\.asks'.*\): delete it there, or use another virtual host$/,
      });
    });
    for (const pools of [['secret'], ['linux', 'secret']])
      test(`no right to the tickets of a pool, of ${pools.length}: the agent ends, and does not wait for them for ever`, async () => {
        await using agent = await agentEnd();
        await control.control.send({ run, pool: 'secret' });
        const stop = new AbortController();
        await assert.rejects(
          agent.receive(pools, 2, async () => {}, stop.signal),
          {
            code: 'forbidden',
            message:
              /does not allow box\.1 to do this \(access to queue 'sb\.jobs\.secret'.*: an agent needs the rights that "signalbox agent add" gives/,
          },
        );
        stop.abort();
      });
    test('a pool that nobody has declared yet: that is told once in a minute, however many slots wait for it', async () => {
      const told: string[] = [];
      let now = 0;
      await using agent = await openRabbitmqAgent({
        ...options('box.1:its%20own', 'odd'),
        clock: { now: () => now },
        trouble: ({ message }) => void told.push(message),
      });
      const stop = new AbortController();
      const receiving = agent.receive(['linux'], 4, async () => {}, stop.signal);
      const isToldTimes = (times: number) =>
        until(() => told.length >= times, `it to be told ${times} times`);
      await isToldTimes(1);
      now += 60_000;
      await isToldTimes(2);
      stop.abort();
      await receiving;
      assert.equal(told.length, 2);
      assert.match(told[0] ?? '', /does not have this yet \(no queue 'sb\.jobs\.linux'/);
    });
    test('ever new pools: an agent makes no queues without end', async () => {
      await using agent = await agentEnd();
      const begin = (pools: readonly string[]) => agent.begin({ ...box, pools }, 'it starts');
      const many = (letter: string) => Array.from({ length: 51 }, (_, n) => `${letter}${n}`);
      await begin(many('a'));
      await begin(many('a'));
      await assert.rejects(begin(many('b')), {
        code: 'conflict',
        message: /^box\.1 has named more than 100 pools one after the other/,
      });
      using connection = broker.connect('sb');
      await connection.queueDeclare({ queue: 'sb.jobs.a50', passive: true });
      await assert.rejects(connection.queueDeclare({ queue: 'sb.jobs.b0', passive: true }));
      await begin(box.pools);
    });
    test('a broker that is away: who needs it starts all the same, and says so', async () => {
      const away = { ...options('admin:admin'), address: addressOf('amqp://127.0.0.1:1/') };
      await using transport = await openRabbitmqTransport(away);
      const link = transport.control.link();
      assert.equal(link.state, 'down');
      await assert.rejects(transport.control.send({ run, pool: 'linux' }), { code: 'unavailable' });
      await assert.rejects(transport.agent.claim('x', run, 'c'), { code: 'unavailable' });
      await isTold(
        /does not answer \(connect ECONNREFUSED 127\.0\.0\.1:1\): is it running, and reachable from here\?$/,
      );
    });
  });

  test('a question in a later version of the language is answered with a sentence', async () => {
    using connection = broker.connect('sb', 'box.1:its%20own');
    const client = connection.createRPCClient();
    const answerTo = async (question: string) => {
      const [body] = writeBundles([{ number: 1, frame: Buffer.from(question) }]);
      const envelope = { exchange: 'sb.up', routingKey: 'ask.box.1', userId: 'box.1' };
      const [answer] = readBundle((await client.send(envelope, body)).body) ?? [];
      return String(answer?.frame);
    };
    assert.match(
      await answerTo('{"v":99,"ask":"dance"}\n'),
      /written in version 99 of the protocol, and this signalbox knows 1: update this one/,
    );
    for (const nonsense of ['', 'x', '{"v":1}\n', '{"v":1,"ask":"claim","run":7}\n', '{"v":"1"}\n', '[]\n'])
      assert.match(await answerTo(nonsense), /"code":"invalid"/, nonsense);
    await client.close();
  });

  test('an agent hears of tickets again when somebody has deleted the queue of its pool', async () => {
    await using agent = await agentEnd();
    const taken: string[] = [];
    const stop = new AbortController();
    const receiving = agent.receive(['linux'], 2, async ({ run }) => void taken.push(run), stop.signal);
    const first = runId('1'.repeat(26));
    await control.control.send({ run: first, pool: 'linux' });
    await until(() => taken.includes(first), 'the first ticket');
    using connection = broker.connect('sb');
    await connection.queueDelete({ queue: 'sb.jobs.linux' });
    // Where a queue of the same name is there at once, RabbitMQ 3.10 may tell nobody that the old one has gone.
    await isTold(/has lost a queue of tickets/);
    const second = runId('2'.repeat(26));
    const send = () =>
      control.control.send({ run: second, pool: 'linux' }).then(
        () => true,
        () => false,
      );
    await until(send, 'the queue to be made again');
    await until(() => taken.includes(second), 'the ticket after that');
    stop.abort();
    await receiving;
  });

  test('a ticket in a later version of the language goes back to its queue', async () => {
    using connection = broker.connect('sb');
    const ticket = Buffer.from(`{"v":99,"run":"${run}","pool":"linux"}\n`);
    await connection
      .createPublisher({ confirm: true })
      .send({ exchange: 'sb.jobs', routingKey: 'linux', durable: true }, ticket);
    await using agent = await agentEnd();
    const stop = new AbortController();
    let taken = 0;
    const receiving = agent.receive(['linux'], 1, async () => void taken++, stop.signal);
    await isTold(/a ticket goes back to its queue: it is written in version 99/);
    stop.abort();
    await receiving;
    assert.equal(taken, 0);
    const message = await until(
      () => connection.basicGet({ queue: 'sb.jobs.linux' }),
      'the ticket to be there',
    );
    assert.deepEqual(message.body, ticket);
  });

  test('a ticket that brings down whoever takes it is given up, and its run told of', async () => {
    const poison = runId('9'.repeat(26));
    await control.control.send({ run: poison, pool: 'linux' });
    using connection = broker.connect('sb', 'box.1:its%20own');
    let deliveries = 0;
    const consumer = connection.createConsumer(
      { queue: 'sb.jobs.linux', queueOptions: { passive: true }, qos: { prefetchCount: 1 } },
      ({ body }) => {
        if (String(body).includes(poison)) deliveries += 1;
        return String(body).includes(poison) ? 1 : 0;
      },
    );
    consumer.on('error', () => {});
    await until(
      () => heard.some(each => JSON.stringify(each).includes(`"undelivered","${poison}"`)),
      'the run to be told of',
    );
    assert.equal(deliveries, 21);
    await consumer.close();
  });
});
