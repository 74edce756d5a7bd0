import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commandRule } from '../../test/support/doors/open-house.ts';
import { openEngine } from '../../test/support/engine.ts';
import { until } from '../../test/support/server.ts';
import type { AgentNews } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import { cancelRun } from './control.ts';

describe('an agent', { timeout: 60_000 }, () => {
  for (const kind of ['the log', 'the end'] as const)
    test(`a moment's trouble with storing ${kind} does not lose a run that has finished`, async () => {
      await using engine = await openEngine();
      let failures = 3;
      await engine.startAgent(({ agent }) => ({
        agent: {
          ...agent,
          news: async (name: string, word: AgentNews) => {
            const hit = kind === 'the log' ? word.kind === 'log' : word.kind === 'news';
            if (hit && failures-- > 0) throw new SignalboxError('unavailable', 'the disk is full');
            await agent.news(name, word);
          },
        },
      }));
      engine.rules = [commandRule('unit', { action: { kind: 'command', command: { shell: 'echo hello' } } })];
      const run = await engine.start();
      assert.equal((await engine.ended(run)).outcome, 'success');
      const lines = await engine.needs.store.log(run, 0, 10);
      assert.deepEqual(
        lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text),
        ['hello'],
      );
      assert.equal(engine.notes.filter(note => note.kind === 'trouble').length, 3);
    });

  test('an end that cannot be told for as long as a lease is given up, and the slot is free again', async () => {
    await using engine = await openEngine({ leaseMs: 300 });
    const silent = await engine.start();
    await engine.startAgent(({ agent }) => ({
      agent: {
        ...agent,
        news: async (name: string, word: AgentNews) => {
          if (word.kind === 'news' && word.run === silent) throw new Error('nobody answers');
          await agent.news(name, word);
        },
      },
    }));
    const where = `run ${silent}`;
    await until(
      () => engine.notes.some(note => note.kind === 'trouble' && note.where === where),
      'the agent to give up',
    );
    for (let n = 0; n < 3; n++) assert.equal((await engine.ended(await engine.start())).outcome, 'success');
    assert.equal((await engine.needs.store.run(silent))?.run.status.state, 'running');
  });

  test('a lease that is shorter than when the agent began is kept up all the same', async () => {
    await using engine = await openEngine({ leaseMs: 300 });
    const done = Promise.withResolvers<void>();
    const beats: AgentNews[] = [];
    await engine.startAgent(({ agent }) => ({
      agent: {
        ...agent,
        news: async (name: string, word: AgentNews) => {
          if (word.kind === 'alive') beats.push(word);
          if (beats.length === 3) done.resolve();
          // The run goes on until it has been spoken for three times: at the pace of the first lease that takes half an hour.
          if (word.kind === 'news') await done.promise;
          await agent.news(name, word);
        },
      },
    }));
    assert.equal((await engine.ended(await engine.start())).outcome, 'success');
  });

  test('a cancel that overtakes the answer to the claim is heard', async () => {
    await using engine = await openEngine();
    engine.rules = [commandRule('unit', { action: { kind: 'command', command: { shell: 'sleep 600' } } })];
    await engine.startAgent(({ agent }) => ({
      agent: {
        ...agent,
        claim: async (name, run, id) => {
          const claim = await agent.claim(name, run, id);
          await cancelRun(engine.needs, run, 'me');
          return claim;
        },
      },
    }));
    const { outcome, reason } = await engine.ended(await engine.start());
    assert.deepEqual([outcome, reason], ['cancelled', 'cancelled by me']);
  });

  test('a cancel that got lost with the answer to the claim is found when the claim is repeated', async () => {
    await using engine = await openEngine();
    engine.rules = [commandRule('unit', { action: { kind: 'command', command: { shell: 'sleep 600' } } })];
    let lost = false;
    await engine.startAgent(({ agent }) => ({
      agent: {
        ...agent,
        claim: async (name, run, id) => {
          const claim = await agent.claim(name, run, id);
          if (lost) return claim;
          lost = true;
          // Only stored: telling the agent is what may get lost.
          await engine.needs.store.amend(run, { kind: 'cancelled', by: 'me', at: engine.needs.clock.now() });
          throw new SignalboxError('unavailable', 'the answer is lost');
        },
      },
    }));
    assert.equal((await engine.ended(await engine.start())).outcome, 'cancelled');
  });

  test('a cancel of an older attempt does not touch the one that is being claimed', async () => {
    await using engine = await openEngine();
    await engine.startAgent(({ agent }) => ({
      agent: {
        ...agent,
        claim: async (name, run, id) => {
          engine.needs.control.cancel(name, run, 0, 'the run went on without this attempt');
          return agent.claim(name, run, id);
        },
      },
    }));
    assert.equal((await engine.ended(await engine.start())).outcome, 'success');
  });

  for (const [how, wrongMs] of Object.entries({
    ahead: 7_200_000,
    behind: -7_200_000,
    'at 1970': -Date.now(),
  }))
    test(`a clock that is ${how} does not end a run at a time that cannot be`, async () => {
      await using engine = await openEngine();
      await engine.startAgent(({ clock }) => ({ clock: { ...clock, now: () => clock.now() + wrongMs } }));
      const before = Date.now();
      const run = await engine.start();
      const { startedAt, finishedAt } = await engine.ended(run);
      assert.ok(startedAt !== null && before <= startedAt);
      assert.ok(startedAt <= finishedAt && finishedAt <= Date.now());
    });
});
