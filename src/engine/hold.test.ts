import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openEngine } from '../../test/support/engine.ts';
import { until } from '../../test/support/server.ts';
import type { Agent } from '../domain/agent.ts';
import { everything, onAgent, onPool } from '../domain/hold.ts';
import { hearAgents } from './agents.ts';
import { hold, release } from './hold.ts';
import { keepDrained } from './keep-drained.ts';

const ada = { by: 'ada', reason: 'maintenance' };

describe('a hold', { timeout: 60_000 }, () => {
  for (const on of [onPool('local'), everything])
    test(`each ticket is refused once while ${on.kind} is paused, and the runs go on in their order`, async () => {
      await using engine = await openEngine();
      const { needs } = engine;
      let claims = 0;
      await engine.startAgent(({ agent }) => ({
        agent: {
          ...agent,
          claim: (name, run, id) => {
            claims += 1;
            return agent.claim(name, run, id);
          },
        },
      }));
      await hold(needs, on, ada);
      const runs = [await engine.start(), await engine.start(), await engine.start()];
      await until(async () => claims === 3 && (await needs.store.counts()).outbox === 0, 'every ticket');
      for (const run of runs) assert.equal((await needs.store.run(run))?.run.status.state, 'queued');
      await release(needs, on, 'bob');
      const starts: number[] = [];
      for (const run of runs) starts.push((await engine.ended(run)).startedAt ?? 0);
      assert.deepEqual(
        starts,
        starts.toSorted((a, b) => a - b),
      );
      assert.equal(claims, 6);
    });

  test('is noted when it begins and when it ends, and not when it is repeated', async () => {
    await using engine = await openEngine();
    const on = onPool('local');
    await hold(engine.needs, on, ada);
    await hold(engine.needs, on, { by: 'bob', reason: null });
    await release(engine.needs, on, 'bob');
    await release(engine.needs, on, 'bob');
    const [begun, ended, ...more] = engine.notes;
    assert.ok(begun?.kind === 'hold.begun' && ended?.kind === 'hold.ended');
    assert.deepEqual([begun.hold.by, begun.hold.reason, ended.by], ['ada', 'maintenance', 'bob']);
    assert.deepEqual(more, []);
  });

  test('an agent that has not heard that it is drained is told again, and so is one that need not be any more', async () => {
    await using engine = await openEngine();
    const { control, agent, store, clock, journal } = engine.needs;
    const box: Agent = {
      name: 'box-1',
      pools: ['linux'],
      slots: 1,
      version: '1.2.3',
      capabilities: { os: 'linux', arch: 'x64', node: 'v24.0.0', tools: [], isolation: true },
    };
    const soon = { ...clock, sleep: (_ms: number, signal: AbortSignal) => clock.sleep(1, signal) };
    using agents = hearAgents({ control, clock }, []);
    const told: boolean[] = [];
    using _box = agent.onDrain(box.name, isDrained => void told.push(isDrained));
    await store.hold({ on: onAgent(box.name), at: clock.now(), ...ada });
    agent.present({ ...box, state: 'online' });
    const over = new AbortController();
    const keeping = keepDrained({ store, control, agents, clock: soon, journal }, over.signal);
    await until(() => told.length > 0, 'it to be told');
    agent.present({ ...box, state: 'draining' });
    await store.release(onAgent(box.name), 'ada');
    await until(() => !told.at(-1), 'it to be told that it may go on');
    assert.equal(told[0], true);
    over.abort();
    await keeping;
  });
});
