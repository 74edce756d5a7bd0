import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { createSystemClock } from '../src/clock/system.ts';
import type { AgentEnd } from '../src/contracts/transport.ts';
import { parseRunId, type RunId } from '../src/domain/id.ts';
import { parseAmqpUrl } from '../src/lib/amqp-url.ts';
import { rightsOf } from '../src/transport/rabbitmq/names.ts';
import { openRabbitmqAgent } from '../src/transport/rabbitmq/transport.ts';
import { type Fleet, openFleet } from './support/fleet.ts';
import { type BrokerUser, withoutRabbitmq } from './support/rabbitmq-server.ts';
import { until } from './support/server.ts';

/** Two agents with the rights that `agent add` gives, each of a pool of its own, before a real server. */

const rules = `
  - { name: of-a, on: manual, pool: a, run: 'true' }
  - { name: of-b, on: manual, pool: b, secrets: [SHARED], run: 'until [ -e $WITNESS.go ]; do sleep 0.1; done; echo done' }
`;
const user = (name: string, pool: string): BrokerUser => ({
  name,
  password: 'its own',
  virtualHost: 'sb',
  ...rightsOf(name, [pool]),
});
const idOf = (text: string): RunId => {
  const id = parseRunId(text);
  assert.ok(id);
  return id;
};

describe('an agent of pool a, and the runs of pool b', { timeout: 120_000, skip: withoutRabbitmq }, () => {
  let fleet: Fleet;
  before(async () => {
    fleet = await openFleet(rules, [user('box-a', 'a'), user('box-b', 'b')]);
  });
  after(async () => {
    await fleet?.[Symbol.asyncDispose]();
  });
  const login = (name: string) => fleet.broker.url('sb', `${name}:its%20own`);
  async function forger(): Promise<AgentEnd & AsyncDisposable> {
    const address = parseAmqpUrl(login('box-a'));
    assert.ok(address);
    const clock = createSystemClock();
    return openRabbitmqAgent({ address, connectionName: 'forger', clock, trouble: () => undefined });
  }

  test('a claim without the ticket is refused, and the run is untouched', async () => {
    await using agent = await forger();
    const before = await until(async () => {
      const run = await fleet.show(await fleet.run('of-b'));
      return run.state === 'queued' ? run : undefined;
    }, 'a run that waits');
    const run = idOf(before.id);
    const claim = await agent.claim('box-a', run, 'forged');
    assert.deepEqual(claim, {
      result: 'refused',
      reason: `box-a claims ${run} without the key that is in its ticket`,
    });
    assert.deepEqual(await fleet.show(run), before);
    await until(
      () => fleet.server.output().includes('somebody else has its password'),
      'the server to say so in its log',
    );
  });

  test('nor does the key of another ticket open it', async () => {
    await using agent = await forger();
    const victim = await fleet.run('of-b');
    const before = await fleet.show(victim);
    await fleet.run('of-a');
    const stop = new AbortController();
    const claims: unknown[] = [];
    await agent.receive(
      ['a'],
      1,
      async ({ run }) => {
        // What it may claim, it is granted; the same words about another run are not enough.
        claims.push((await agent.claim('box-a', run, 'honest')).result);
        claims.push((await agent.claim('box-a', idOf(victim), 'honest')).result);
        stop.abort();
      },
      stop.signal,
    );
    assert.deepEqual(claims, ['granted', 'refused']);
    assert.deepEqual(await fleet.show(victim), before);
  });

  test('what it says of a run that another one has is refused: log, heartbeat and end', async () => {
    await using agent = await forger();
    await using _box = await fleet.agent({
      name: 'box-b',
      pools: ['b'],
      slots: 10,
      transport: login('box-b'),
    });
    const id = await fleet.run('of-b');
    const before = await until(async () => {
      const shown = await fleet.show(id);
      return shown.state === 'running' ? shown : undefined;
    }, 'it to run');
    const run = idOf(id);
    const at = Date.now();
    const bytes = new TextEncoder().encode('forged\n');
    const ending = { outcome: 'success', exitCode: 0, reason: 'forged' } as const;
    const refused = { code: 'forbidden', message: new RegExp(`attempt 1 of ${run} is not one of box-a`) };
    const chunk = { attempt: 1, sequence: 1, at, stream: 'stdout', bytes } as const;
    await assert.rejects(agent.news('box-a', { kind: 'log', run, chunk }), refused);
    const end = { kind: 'finished', attempt: 1, at, ending } as const;
    await assert.rejects(agent.news('box-a', { kind: 'news', run, news: end }), refused);
    await assert.rejects(agent.claim('box-b', run, 'forged'), { code: 'forbidden' });
    // It is answered, and prolongs nothing: a lease is prolonged for its holder alone.
    await agent.news('box-a', { kind: 'alive', runs: [{ run, attempt: 1 }] });
    const { state, agent: holder, attempt } = await fleet.show(id);
    assert.deepEqual([state, holder, attempt], [before.state, 'box-b', 1]);
    writeFileSync(`${fleet.witness}.go`, '');
    const { outcome, reason } = await fleet.ended(id);
    assert.deepEqual([outcome, reason], ['success', null]);
    const headers = { authorization: `Bearer ${fleet.server.token}`, accept: 'text/plain' };
    const log = await fetch(`${fleet.server.adminUrl}/api/runs/${id}/log`, { headers });
    assert.doesNotMatch(await log.text(), /forged/);
  });
});
