import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Fleet, leaseMs, openFleet } from './support/fleet.ts';
import { withoutRabbitmq } from './support/rabbitmq-server.ts';
import { until } from './support/server.ts';

/** What a broker can do to a run: nothing is lost, nothing is stuck, and nothing that must not be repeated runs twice. */

const rules = `
  - { name: once, on: manual, pool: linux, retry: { lost: 0 }, run: 'echo "once $SIGNALBOX_RUN_ID" >> $WITNESS; echo one; sleep 0.2; echo two' }
  - { name: long, on: manual, pool: slow, retry: { lost: 0 }, run: 'echo "long $SIGNALBOX_RUN_ID" >> $WITNESS; sleep 6' }
  - { name: held, on: manual, pool: later, retry: { lost: 0 }, run: 'echo "held $SIGNALBOX_RUN_ID" >> $WITNESS' }
`;
/** A ticket that is worked on for longer makes the broker close the channel: of channels that are opened from now on. */
const impatience =
  'application:set_env(rabbit, consumer_timeout, 3000), application:set_env(rabbit, channel_tick_interval, 500).';

describe('a broker that fails', { timeout: 400_000, skip: withoutRabbitmq }, () => {
  let fleet: Fleet;
  before(async () => {
    fleet = await openFleet(rules);
  });
  after(async () => {
    await fleet?.[Symbol.asyncDispose]();
  });
  const lines = (word: string) => fleet.witnessed().filter(line => line.startsWith(word));
  const start = (rule: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => fleet.run(rule)));
  const isUp = (ok: boolean) =>
    until(
      async () => (await fleet.server.api<{ transport: { ok: boolean } }>('/api/health')).transport.ok === ok,
      `the transport to be ${ok ? 'up' : 'down'}`,
      60_000,
    );

  test('B: killed with runs queued and running, for longer than a lease: all end well, each executed once', async () => {
    await using _one = await fleet.agent({ name: 'box-1', slots: 3 });
    await using _two = await fleet.agent({ name: 'box-2', slots: 3 });
    const before = await start('once', 40);
    await until(() => lines('once').length >= 5, 'some to run');
    await fleet.broker.kill();
    await isUp(false);
    const meanwhile = await start('once', 20);
    await pause(leaseMs * 1.5); // the outage that is being tested
    await fleet.broker.start();
    for (const run of [...before, ...meanwhile]) {
      const { outcome, attempt, reason } = await fleet.ended(run);
      assert.deepEqual([outcome, attempt], ['success', 1], reason ?? '');
    }
    assert.equal(lines('once').length, 60);
    assert.equal(new Set(lines('once')).size, 60);
    await isUp(true);
    const token = { authorization: `Bearer ${fleet.server.token}`, accept: 'text/plain' };
    for (const run of before) {
      const log = await fetch(`${fleet.server.adminUrl}/api/runs/${run}/log`, { headers: token });
      const printed = (await log.text()).split('\n').filter(line => /\b(?:one|two)$/.test(line));
      assert.equal(printed.length, 2, `the log of ${run}: ${printed.join()}`);
    }
  });

  test('D: loses patience with a ticket that is worked on for long: the job ends well, and runs once', async () => {
    await fleet.broker.control('eval', impatience);
    await using box = await fleet.agent({ name: 'box-1', pools: ['slow'], slots: 1 });
    const [run = ''] = await start('long', 1);
    const { outcome, attempt } = await fleet.ended(run);
    assert.deepEqual([outcome, attempt], ['success', 1]);
    assert.equal(lines('long').length, 1);
    assert.match(fleet.broker.log(), /delivery acknowledgement/i);
    assert.match(box.output(), /delivery acknowledgement on channel \d+ timed out/);
  });

  test('F: brings every ticket twice: each run is executed once', async () => {
    const runs = await start('held', 20);
    using connection = fleet.broker.connect('sb');
    const publisher = connection.createPublisher({ confirm: true });
    for (const _run of runs) {
      const ticket = await until(
        // There is no such queue before the first ticket.
        () => connection.basicGet({ queue: 'sb.jobs.later', noAck: true }).catch(() => undefined),
        'a ticket to be there',
      );
      for (let n = 0; n < 2; n++)
        await publisher.send({ exchange: 'sb.jobs', routingKey: 'later', durable: true }, ticket.body);
    }
    await publisher.close();
    await using _box = await fleet.agent({ name: 'box-1', pools: ['later'] });
    for (const run of runs) assert.deepEqual((await fleet.ended(run)).attempt, 1);
    const left = await until(async () => {
      const { messageCount } = await connection.queueDeclare({ queue: 'sb.jobs.later', passive: true });
      return messageCount === 0 ? 'none' : undefined;
    }, 'all tickets to be gone');
    assert.equal(left, 'none');
    assert.equal(lines('held').length, 20);
    assert.equal(new Set(lines('held')).size, 20);
  });

  test('loses a queue with tickets in it: their runs are not forgotten', async () => {
    const [run = ''] = await start('once', 1);
    using connection = fleet.broker.connect('sb');
    const queue = 'sb.jobs.linux';
    await until(
      async () => (await connection.queueDeclare({ queue, passive: true })).messageCount > 0,
      'the ticket to be in its queue',
    );
    await connection.queueDelete({ queue });
    await using _box = await fleet.agent({ name: 'box-1' });
    assert.deepEqual((await fleet.ended(run)).attempt, 1);
  });

  test('has no memory and no disk left: that is seen, events are taken all the same, and run afterwards', async () => {
    await using _box = await fleet.agent({ name: 'box-1' });
    await fleet.broker.control('set_disk_free_limit', '1000000GB');
    const runs = await start('once', 3);
    await until(async () => {
      const { transport } = await fleet.server.api<{ transport: { error: string | null } }>('/api/health');
      return transport.error !== null && /takes no messages \(low on disk\)/.test(transport.error);
    }, 'the trouble to be seen');
    assert.match((await fleet.show(runs[0] ?? '')).waits ?? '', /takes no messages \(low on disk\)/);
    await fleet.broker.control('set_disk_free_limit', '50MB');
    for (const run of runs) assert.deepEqual((await fleet.ended(run)).attempt, 1);
    await isUp(true);
  });
});
