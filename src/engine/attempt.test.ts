import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { commandRule } from '../../test/support/doors/open-house.ts';
import { openEngine } from '../../test/support/engine.ts';
import { until } from '../../test/support/server.ts';
import { createSystemClock } from '../clock/system.ts';
import type { Repo } from '../domain/event.ts';
import { cancelRun } from './control.ts';

describe('the time of an attempt', { timeout: 60_000 }, () => {
  /** Takes connections and never says a word. */
  let silent: Server;
  let repo: Repo;
  before(async () => {
    silent = createServer(socket => socket.on('error', () => undefined).resume());
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    assert.ok(address !== null && typeof address === 'object');
    const url = `http://127.0.0.1:${address.port}/app.git`;
    repo = { forge: 'git', name: 'app', url, defaultBranch: 'main' };
  });
  after(() => new Promise(resolve => silent.close(resolve)));

  test('covers the checkout, and the reason says that it was over there', async () => {
    await using engine = await openEngine();
    engine.rules = [commandRule('unit', { timeoutMs: 600 })];
    await engine.startAgent();
    const run = await engine.start({ repo, ref: 'refs/heads/main' });
    const { outcome, exitCode, reason } = await engine.ended(run);
    assert.deepEqual([outcome, exitCode], ['timeout', null]);
    assert.equal(reason, 'the limit of 600 ms was over while checking out');
    const lines = await engine.needs.store.log(run, 0, 10);
    assert.equal(lines.at(-1)?.text, reason);
  });

  test('covers the job, and the reason says so', async () => {
    await using engine = await openEngine();
    const action = { kind: 'command', command: { shell: 'sleep 600' } } as const;
    engine.rules = [commandRule('unit', { timeoutMs: 300, action })];
    await engine.startAgent();
    const { outcome, reason } = await engine.ended(await engine.start());
    assert.deepEqual([outcome, reason], ['timeout', 'the limit of 300 ms was over while running']);
  });

  test('what the checkout took is not there for the job', async () => {
    let ahead = 0;
    const system = createSystemClock();
    await using engine = await openEngine({ clock: { ...system, now: () => system.now() + ahead } });
    engine.rules = [commandRule('unit', { timeoutMs: 600_000 })];
    const given: number[] = [];
    await engine.startAgent(({ checkout, executors }) => ({
      checkout: {
        ...checkout,
        prepare: async (...args) => {
          const workspace = await checkout.prepare(...args);
          ahead += 400_000;
          return workspace;
        },
      },
      executors: executors.map(executor => ({
        ...executor,
        execute: (action, context) => {
          given.push(context.timeoutMs);
          return executor.execute(action, context);
        },
      })),
    }));
    assert.equal((await engine.ended(await engine.start())).outcome, 'success');
    assert.ok(given.length === 1 && given.every(ms => ms > 0 && ms <= 200_000), String(given));
  });

  test('a cancel during the checkout is a cancel', async () => {
    await using engine = await openEngine();
    engine.rules = [commandRule('unit', { timeoutMs: 600_000 })];
    await engine.startAgent();
    const run = await engine.start({ repo, ref: 'refs/heads/main' });
    await until(
      async () => (await engine.needs.store.log(run, 0, 10)).some(({ text }) => text.startsWith('fetching')),
      'the checkout to begin',
    );
    await cancelRun(engine.needs, run, 'me');
    const { outcome, reason } = await engine.ended(run);
    assert.deepEqual([outcome, reason], ['cancelled', 'cancelled by me']);
  });
});
