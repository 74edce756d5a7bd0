import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Fleet, openFleet, type RunJson } from './support/fleet.ts';
import { needsPostgres, startPostgres } from './support/postgres-server.ts';
import { type TestBroker, withoutRabbitmq } from './support/rabbitmq-server.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** Pools that are paused and agents that are drained, over everything that may be killed meanwhile. */

const post = (body: object = {}): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

describe('paused and drained over RabbitMQ', { timeout: 200_000, skip: withoutRabbitmq }, () => {
  let fleet: Fleet;
  before(async () => {
    fleet = await openFleet(`
  - { name: quick, on: manual, pool: linux, run: 'echo "quick $SIGNALBOX_RUN_ID" >> $WITNESS' }
  - { name: slow, on: manual, pool: linux, retry: { lost: 0 }, run: 'echo "slow $SIGNALBOX_RUN_ID" >> $WITNESS; until [ -e $WITNESS.enough ]; do sleep 0.1; done' }
`);
  });
  after(async () => {
    await fleet?.[Symbol.asyncDispose]();
  });
  const ran = (word: string) =>
    fleet
      .witnessed()
      .filter(line => line.startsWith(word))
      .map(line => line.split(' ')[1]);
  const act = (path: string, body: object = {}) => fleet.server.api(`/api/${path}`, post(body));
  const isState = (name: string, state: string) =>
    until(
      async () => (await fleet.agents()).some(each => each.name === name && each.state === state),
      `${name} to be ${state}`,
    );
  const isRunning = (run: string) =>
    until(async () => (await fleet.show(run)).state === 'running', `${run} to run`);
  const enough = () => writeFileSync(`${fleet.witness}.enough`, '');
  const isUp = () =>
    until(
      async () => (await fleet.server.api<{ transport: { ok: boolean } }>('/api/health')).transport.ok,
      'the transport to be up',
      60_000,
    );

  test('a pool that is paused with tickets in the broker starts nothing, over the death of server and broker, and goes on in order', async () => {
    await using box = await fleet.agent({ name: 'box-1', slots: 1 });
    const slow = await fleet.run('slow');
    await isRunning(slow);
    const runs = [await fleet.run('quick'), await fleet.run('quick')];
    await act('pools/linux/pause', { reason: 'maintenance' });
    runs.push(await fleet.run('quick'));
    // What runs goes on; then the slot asks for what lies in the broker, and gets none of it.
    enough();
    assert.equal((await fleet.ended(slow)).outcome, 'success');
    const isQuiet = async () => {
      const messageCount = await waitingInBroker(fleet.broker);
      const { outbox } = await fleet.server.api<{ outbox: number }>('/api/health');
      return messageCount === 0 && outbox === 0;
    };
    // No ticket is left anywhere: there is nothing that could go round in circles.
    await until(isQuiet, 'every ticket to be refused');
    await fleet.server.end('SIGKILL');
    await fleet.server.start();
    await until(isQuiet, 'the tickets of the new start to be refused');
    await fleet.broker.kill();
    await fleet.broker.start();
    await isUp();
    runs.push(await fleet.run('quick'));
    await box.end('SIGTERM');
    await box.start();
    await until(isQuiet, 'the last ticket to be refused');
    for (const run of runs) {
      const { state, waits } = await fleet.show(run);
      assert.equal(state, 'queued');
      assert.match(waits ?? '', /^pool linux is paused by admin since \S+Z: maintenance$/);
    }
    await act('pools/linux/resume');
    for (const run of runs) assert.equal((await fleet.ended(run)).outcome, 'success');
    assert.deepEqual(ran('quick'), runs);
    rmSync(`${fleet.witness}.enough`);
  });

  test('a drained agent ends what it has, takes no more over its restart, and some again when it may', async () => {
    await using box = await fleet.agent({ name: 'box-1' });
    const slow = await fleet.run('slow');
    await isRunning(slow);
    await act('agents/box-1/drain', { reason: 'new disk' });
    await isState('box-1', 'draining');
    const waiting = await fleet.run('quick');
    assert.match(
      (await fleet.show(waiting)).waits ?? '',
      /^agent box-1 is drained by admin since .*: new disk$/,
    );
    {
      await using _second = await fleet.agent({ name: 'box-2' });
      assert.equal((await fleet.ended(waiting)).agent, 'box-2');
    }
    enough();
    const { outcome, agent, attempt } = await fleet.ended(slow);
    assert.deepEqual([outcome, agent, attempt], ['success', 'box-1', 1]);
    await isState('box-1', 'drained');
    await isState('box-2', 'offline');
    assert.equal(await box.end('SIGTERM'), 0);
    await box.start();
    await isState('box-1', 'drained');
    const late = await fleet.run('quick');
    assert.equal((await fleet.show(late)).state, 'queued');
    await act('agents/box-1/undrain');
    assert.equal((await fleet.ended(late)).agent, 'box-1');
    rmSync(`${fleet.witness}.enough`);
  });

  test('an agent that may go on does so with its free slots at once, whatever the others still do', async () => {
    await using _box = await fleet.agent({ name: 'box-1' });
    const slow = await fleet.run('slow');
    await isRunning(slow);
    await act('agents/box-1/drain');
    await isState('box-1', 'draining');
    await act('agents/box-1/undrain');
    assert.equal((await fleet.ended(await fleet.run('quick'))).agent, 'box-1');
    assert.equal((await fleet.show(slow)).state, 'running');
    enough();
    assert.equal((await fleet.ended(slow)).outcome, 'success');
  });

  test('a drained agent that is gone for ever is still listed after a restart, and can be forgotten', async () => {
    {
      await using _gone = await fleet.agent({ name: 'gone' });
      await isState('gone', 'online');
      await act('agents/gone/drain');
    }
    await fleet.server.end('SIGTERM');
    await fleet.server.start();
    await isState('gone', 'offline');
    await act('agents/gone/undrain');
    const { items } = await fleet.server.api<{ items: readonly { drain: object | null }[] }>('/api/agents');
    assert.ok(items.every(({ drain }) => drain === null));
    await assert.rejects(act('agents/nobody/drain'), /answered 404/);
  });
});

describe('paused within one process', { timeout: 100_000 }, () => {
  test('a pause outlives a server that is killed, and nothing that waited is forgotten', async () => {
    const effects = mkdtempSync(join(tmpdir(), 'signalbox-effects-'));
    await using server = await startServer(`version: 1
data: ./data
limits: { runs: 1 }
rules: [{ name: quick, on: manual, run: 'echo "$SIGNALBOX_RUN_ID" >> ${effects}/quick' }]
`);
    const start = startOf(server);
    await server.api('/api/pools/pause', post({ reason: 'upgrade' }));
    const runs = [await start('quick'), await start('quick')];
    await server.end('SIGKILL');
    await server.start();
    runs.push(await start('quick'));
    for (const run of runs) {
      const { state, waits } = await server.api<RunJson>(`/api/runs/${run}`);
      assert.equal(state, 'queued');
      assert.match(waits ?? '', /^everything is paused by admin since \S+: upgrade$/);
    }
    const metrics = await fetch(`${server.adminUrl}/metrics`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    assert.match(await metrics.text(), /^signalbox_pool_paused\{pool="\*"\} 1$/m);
    await server.api('/api/pools/resume', post());
    await until(() => written(effects).length === 3, 'all of them to run');
    assert.deepEqual(written(effects), runs);
    assert.match(server.output(), /hold\.begun/);
    assert.match(server.output(), /hold\.ended/);
    rmSync(effects, { recursive: true });
  });
});

describe('paused on one database with two control planes', needsPostgres, () => {
  test('what one pauses stands still at the other, which may let it go on', async () => {
    await using postgres = await startPostgres('durable');
    const url = await postgres.createDatabase();
    const effects = mkdtempSync(join(tmpdir(), 'signalbox-effects-'));
    const config = `version: 1
data: ./data
store: "${url}"
logs: { bucket: none, endpoint: "http://127.0.0.1:9", region: x, accessKeyId: x, secretAccessKey: "\${env:KEY}" }
rules: [{ name: quick, on: manual, run: 'echo "$SIGNALBOX_RUN_ID" >> ${effects}/quick' }]
`;
    const env = { KEY: 'none' };
    await using one = await startServer(config, env);
    await using other = await startServer(config, env);
    await one.api('/api/pools/local/pause', post({ reason: 'maintenance' }));
    const runs = [await startOf(one)('quick'), await startOf(other)('quick')];
    await one.end('SIGTERM');
    for (const run of runs) {
      const { state, waits } = await other.api<RunJson>(`/api/runs/${run}`);
      assert.equal(state, 'queued');
      assert.match(waits ?? '', /^pool local is paused by admin since \S+: maintenance$/);
    }
    await other.api('/api/pools/local/resume', post());
    await until(() => written(effects).length === 2, 'both to run');
    assert.deepEqual(written(effects).toSorted(), runs.toSorted());
    rmSync(effects, { recursive: true });
  });
});

/** Tickets of the pool that nobody has taken. */
async function waitingInBroker(broker: TestBroker): Promise<number> {
  using connection = broker.connect('sb');
  return (await connection.queueDeclare({ queue: 'sb.jobs.linux', passive: true })).messageCount;
}

const startOf =
  (server: TestServer) =>
  async (rule: string): Promise<string> => {
    const { runs } = await server.api<{ runs: readonly string[] }>(`/api/rules/${rule}/run`, post());
    const [run] = runs;
    assert.ok(run);
    return run;
  };

const written = (effects: string): readonly string[] =>
  existsSync(join(effects, 'quick')) ? readFileSync(join(effects, 'quick'), 'utf8').trim().split('\n') : [];
