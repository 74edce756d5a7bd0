import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type Fleet, leaseMs, openFleet } from './support/fleet.ts';
import { withoutRabbitmq } from './support/rabbitmq-server.ts';
import { until } from './support/server.ts';

/** Agents as processes of their own, over a real RabbitMQ, with a real server. */

const rules = `
  - { name: quick, on: manual, pool: linux, run: 'echo "quick $SIGNALBOX_RUN_ID $SIGNALBOX_ATTEMPT" >> $WITNESS' }
  - { name: slow, on: manual, pool: linux, retry: { lost: 1 }, run: 'echo "slow $SIGNALBOX_RUN_ID $SIGNALBOX_ATTEMPT" >> $WITNESS; sleep 2; echo done' }
  - { name: endless, on: manual, pool: linux, retry: { lost: 0 }, run: 'echo "endless $$" >> $WITNESS; sleep 600' }
  - { name: again, on: manual, pool: linux, retry: { lost: 1 }, run: 'echo "again $SIGNALBOX_ATTEMPT" >> $WITNESS; [ $SIGNALBOX_ATTEMPT = 2 ] || sleep 600' }
  - { name: told, on: manual, pool: linux, secrets: [SHARED, OWN], run: 'echo "$SHARED, $OWN" | tr a-z A-Z >> $WITNESS; echo "$OWN"' }
  - { name: both, on: manual, pool: other, run: 'true' }
  - { name: here, on: manual, run: 'true' }
`;

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
};

describe('agents over RabbitMQ', { timeout: 400_000, skip: withoutRabbitmq }, () => {
  let fleet: Fleet;
  before(async () => {
    fleet = await openFleet(rules);
  });
  after(async () => {
    await fleet?.[Symbol.asyncDispose]();
  });
  const lines = (word: string) => fleet.witnessed().filter(line => line.startsWith(word));
  const isOnline = (name: string, state = 'online') =>
    until(
      async () => (await fleet.agents()).some(each => each.name === name && each.state === state),
      `${name} ${state}`,
    );

  test('a run waits for an agent of its pool, and says so; an agent takes it; both are seen', async () => {
    const run = await fleet.run('slow');
    assert.equal((await fleet.show(run)).waits, 'no agent of pool linux is online');
    await using _box = await fleet.agent({ name: 'box-1' });
    await until(() => lines('slow').length === 1, 'the run to begin');
    const [box] = (await fleet.agents()).filter(({ name }) => name === 'box-1');
    assert.deepEqual([box?.state, box?.running.map(each => each.run)], ['online', [run]]);
    const others = await Promise.all(['slow', 'slow'].map(rule => fleet.run(rule)));
    await until(
      async () =>
        (await Promise.all(others.map(fleet.show))).some(
          ({ waits }) => waits === 'all 2 slots of pool linux are busy',
        ),
      'one of them to wait for a slot',
    );
    for (const id of [run, ...others]) assert.equal((await fleet.ended(id)).outcome, 'success');
  });

  test("the server's own agent takes runs of the pool local over the same way", async () => {
    const { outcome, agent } = await fleet.ended(await fleet.run('here'));
    assert.equal(outcome, 'success');
    assert.match(agent ?? '', /^local-/);
  });

  test('an agent takes runs of all its pools', async () => {
    await using _box = await fleet.agent({ name: 'box-1', pools: ['linux', 'other'], slots: 1 });
    const runs = await Promise.all(['quick', 'both', 'quick', 'both', 'quick'].map(fleet.run));
    for (const run of runs) assert.equal((await fleet.ended(run)).outcome, 'success');
  });

  test("an agent's own secrets count before those of the server, and neither reaches a log", async () => {
    await using _box = await fleet.agent({
      name: 'box-1',
      more: 'secrets: { OWN: "${env:OWN}", UNASKED: "${env:OWN}" }',
      env: { OWN: 'from the agent' },
    });
    const run = await fleet.run('told');
    assert.equal((await fleet.ended(run)).outcome, 'success');
    assert.deepEqual(lines('FROM'), ['FROM THE SERVER, FROM THE AGENT']);
    const log = await fetch(`${fleet.server.adminUrl}/api/runs/${run}/log`, {
      headers: { authorization: `Bearer ${fleet.server.token}`, accept: 'text/plain' },
    });
    const text = await log.text();
    assert.ok(text.includes('***') && !text.includes('from the agent'), text);
  });

  test('E: told to end, an agent drains: what it runs ends well, what waits goes to others', async () => {
    await using first = await fleet.agent({ name: 'box-1' });
    const running = await Promise.all(['slow', 'slow'].map(fleet.run));
    await until(
      async () => (await Promise.all(running.map(fleet.show))).every(({ state }) => state === 'running'),
      'both to run',
    );
    const waiting = await fleet.run('quick');
    first.send('SIGTERM');
    await isOnline('box-1', 'draining');
    await using _second = await fleet.agent({ name: 'box-2' });
    assert.equal((await fleet.ended(waiting)).agent, 'box-2');
    assert.equal(await first.end('SIGCONT'), 0);
    for (const run of running) {
      const { outcome, agent, attempt } = await fleet.ended(run);
      assert.deepEqual([outcome, agent, attempt], ['success', 'box-1', 1]);
    }
    await isOnline('box-1', 'offline');
  });

  test('told twice, an agent ends what it runs, which is lost at once', async () => {
    await using box = await fleet.agent({ name: 'box-1' });
    const before = lines('endless').length;
    const run = await fleet.run('endless');
    await until(() => lines('endless').length > before, 'the job to begin');
    const job = Number(lines('endless').at(-1)?.split(' ')[1]);
    box.send('SIGTERM');
    await isOnline('box-1', 'draining');
    assert.equal(await box.end('SIGTERM'), 0);
    const { outcome, reason } = await fleet.ended(run);
    assert.equal(outcome, 'lost');
    assert.match(reason ?? '', /told to end at once/);
    await until(() => !isAlive(job), 'the job to be gone');
  });

  test('a run is cancelled on the machine that runs it', async () => {
    await using _box = await fleet.agent({ name: 'box-1' });
    const before = lines('endless').length;
    const run = await fleet.run('endless');
    await until(() => lines('endless').length > before, 'the job to begin');
    await fleet.server.api(`/api/runs/${run}/cancel`, { method: 'POST' });
    assert.equal((await fleet.ended(run)).outcome, 'cancelled');
  });

  test('A: what a killed agent had is tried again elsewhere when its lease is over, once', async () => {
    const before = lines('again').length;
    const first = await fleet.agent({ name: 'box-1' });
    const run = await fleet.run('again');
    await until(() => lines('again').length > before, 'the job to begin');
    await first.end('SIGKILL');
    await using _second = await fleet.agent({ name: 'box-2' });
    const { outcome, agent, attempt } = await fleet.ended(run);
    assert.deepEqual([outcome, agent, attempt], ['success', 'box-2', 2]);
    assert.deepEqual(lines('again').slice(before), ['again 1', 'again 2']);
    await first[Symbol.asyncDispose]();
  });

  test('what a killed agent left running is ended at its next start, and lost at once', async () => {
    await using box = await fleet.agent({ name: 'box-3' });
    const before = lines('endless').length;
    const run = await fleet.run('endless');
    await until(() => lines('endless').length > before, 'the job to begin');
    const job = Number(lines('endless').at(-1)?.split(' ')[1]);
    await box.end('SIGKILL');
    assert.ok(isAlive(job));
    await box.start();
    assert.ok(!isAlive(job));
    assert.equal((await fleet.ended(run)).outcome, 'lost');
  });

  test('C: an agent that slept beyond its lease is told that its run went on without it', async () => {
    await using sleeper = await fleet.agent({ name: 'sleeper' });
    await using other = await fleet.agent({ name: 'other', slots: 1 });
    // Whichever takes it is put to sleep.
    const run = await fleet.run('again');
    const taken = await until(async () => (await fleet.show(run)).agent ?? undefined, 'somebody to take it');
    const box = taken === 'sleeper' ? sleeper : other;
    box.send('SIGSTOP');
    const { outcome, attempt, agent } = await fleet.ended(run);
    assert.deepEqual([outcome, attempt], ['success', 2]);
    assert.notEqual(agent, taken);
    box.send('SIGCONT');
    await isOnline(taken);
    await until(
      async () => (await fleet.agents()).every(({ running }) => running.length === 0),
      'nobody to hold it',
    );
    const { attempt: last, outcome: still } = await fleet.show(run);
    assert.deepEqual([last, still], [2, 'success']);
  });

  test('news is kept on the disk while no control plane hears it, and told afterwards', async () => {
    await using box = await fleet.agent({ name: 'box-1' });
    const run = await fleet.run('slow');
    await until(async () => (await fleet.show(run)).state === 'running', 'it to run');
    await fleet.server.end('SIGKILL');
    const spooled = `${box.directory}/agent/spool/news`;
    await until(() => readFileSync(spooled).length > 0, 'news to be written down', leaseMs * 10);
    await fleet.server.start();
    const { outcome, attempt, agent } = await fleet.ended(run);
    assert.deepEqual([outcome, attempt, agent], ['success', 1, 'box-1']);
    await until(() => readFileSync(spooled).length === 0, 'the spool to be empty');
  });

  test('two agents of one name: the second is refused in a sentence, the first works on', async () => {
    await using _first = await fleet.agent({ name: 'box-1' });
    await assert.rejects(fleet.agent({ name: 'box-1' }), /another agent of this name is connected already/);
    assert.equal((await fleet.ended(await fleet.run('quick'))).agent, 'box-1');
  });

  test('an agent that is offline is still known after a restart of the server', async () => {
    const box = await fleet.agent({ name: 'box-9', pools: ['elsewhere'] });
    await isOnline('box-9');
    await box.end('SIGTERM');
    await isOnline('box-9', 'offline');
    await fleet.server.end('SIGTERM');
    await fleet.server.start();
    await isOnline('box-9', 'offline');
    const own = async () => (await fleet.agents()).filter(({ name }) => name.startsWith('local-')).length;
    await until(async () => (await own()) > 0, 'the server to have heard its own agent');
    assert.equal(await own(), 1);
  });

  test('and nothing was executed twice that had not been lost', () => {
    const attempts = lines('quick').concat(lines('slow'));
    assert.equal(new Set(attempts).size, attempts.length);
    assert.ok(attempts.length > 8);
  });
});
