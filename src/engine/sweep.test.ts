import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { admitRun } from '../../test/crash/admit-run.ts';
import { simulateTime } from '../../test/support/simulated-time.ts';
import type { Store } from '../contracts/store.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { createEmbeddedTransport } from '../transport/embedded.ts';
import { createEnds } from './ends.ts';
import { createRecorder } from './record.ts';
import { sweepLeases } from './sweep.ts';

const leaseMs = 30_000;
const hourMs = 3_600_000;
/** The sweep, and the agent between two of its words. */
const sleepers = 2;

/** A store with runs that an agent holds and speaks for, and the sweep that watches it, in simulated time. */
async function openWorld(around: (store: Store) => Partial<Store> = () => ({})) {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-sweep-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const store = stack.use(await openSqliteStore({ directory }));
  const embedded = stack.use(createEmbeddedTransport());
  const held = { link: embedded.control.link() };
  const control = { ...embedded.control, link: () => held.link };
  const time = simulateTime(Date.UTC(2026, 9, 25));
  const { clock } = time;
  const journal = { note: () => undefined };
  const queue = { hasRoom: () => true, added: () => undefined, corrected: () => undefined };
  const needs = { store: { ...store, ...around(store) }, control, clock, journal, queue };
  const recorder = createRecorder({
    ends: createEnds(),
    ...needs,
    secrets: () => ({}),
    repoSecrets: async () => ({}),
    tokenFor: () => null,
    leaseMs,
  });

  const runs = await Promise.all(Array.from({ length: 5 }, () => admitRun(store, { retryLost: 0 })));
  for (const { id } of runs) await recorder.claim('box', id, `claim of ${id}`);
  const over = new AbortController();
  const agent = { isAlive: true };
  const beating = (async () => {
    for (;;) {
      await clock.sleep(leaseMs / 3, over.signal);
      const alive = runs.map(({ id }) => ({ run: id, attempt: 1 }));
      if (agent.isAlive) await recorder.news('box', { kind: 'alive', runs: alive });
    }
  })().catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  const sweeping = sweepLeases(needs, leaseMs, over.signal);
  stack.defer(async () => {
    over.abort();
    await Promise.all([beating, sweeping]);
  });
  const open = stack.move();
  return {
    time,
    agent,
    held,
    pass: (ms: number) => time.pass(ms, sleepers),
    /** Its agent has not got the answer to its claims, and says them again. */
    claimAgain: async () => {
      for (const { id } of runs) await recorder.claim('box', id, `claim of ${id}`);
    },
    states: async () => {
      const found = await Promise.all(runs.map(({ id }) => store.run(id)));
      return [...new Set(found.map(detail => detail?.run.status.state))];
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

describe('A22: leases', { timeout: 60_000 }, () => {
  test('of who is alive survive a store that was away, and so heard nobody', async () => {
    let isAway = false;
    await using world = await openWorld(store => ({
      running: () => (isAway ? Promise.reject(new Error('away')) : store.running()),
    }));
    world.agent.isAlive = false;
    await world.pass(16_000);
    isAway = true;
    await world.pass(15_000);
    isAway = false;
    world.agent.isAlive = true;
    await world.pass(60_000);
    assert.deepEqual(await world.states(), ['running']);
  });

  for (const [what, stepMs] of [
    ['forward', hourMs],
    ['back', -hourMs],
    ['forward by a little more than a lease', leaseMs + 1],
    ['forward by a year', 365 * 24 * hourMs],
  ] as const)
    test(`of who is alive survive a clock that is set ${what}, whenever that is`, async () => {
      for (let atMs = 0; atMs < leaseMs; atMs += 7_500) {
        await using world = await openWorld();
        await world.pass(2 * leaseMs + atMs);
        world.time.setForward(stepMs);
        await world.pass(3 * leaseMs);
        assert.deepEqual(await world.states(), ['running'], `after ${atMs} ms`);
      }
    });

  test('survive a clock that is set while the sweep looks', async () => {
    let looks = 0;
    await using world = await openWorld(store => ({
      running: async () => {
        const running = await store.running();
        if (++looks === 5) world.time.setForward(hourMs);
        return running;
      },
    }));
    await world.pass(6 * leaseMs);
    assert.ok(looks > 5);
    assert.deepEqual(await world.states(), ['running']);
  });

  test('begin anew with a claim that is repeated because its answer got lost', async () => {
    await using world = await openWorld();
    world.agent.isAlive = false;
    for (let n = 0; n < 5; n++) {
      await world.pass(0.8 * leaseMs);
      await world.claimAgain();
    }
    assert.deepEqual(await world.states(), ['running']);
    await world.pass(2 * leaseMs);
    assert.deepEqual(await world.states(), ['finished']);
  });

  test('of who is silent end, within two and a half leases also where the clock was set forward', async () => {
    await using world = await openWorld();
    await world.pass(2 * leaseMs);
    world.agent.isAlive = false;
    await world.pass(1_000);
    world.time.setForward(hourMs);
    assert.deepEqual(await world.states(), ['running']);
    await world.pass(2.5 * leaseMs);
    assert.deepEqual(await world.states(), ['finished']);
  });

  test('are not ended while this control plane is cut off, nor before its agents have had time to speak', async () => {
    await using world = await openWorld();
    await world.pass(2 * leaseMs);
    world.agent.isAlive = false;
    world.held.link = { state: 'down', reason: 'the broker is away' };
    await world.pass(10 * leaseMs);
    assert.deepEqual(await world.states(), ['running']);
    world.held.link = { state: 'up', since: world.time.clock.now() };
    await world.pass(1.4 * leaseMs);
    assert.deepEqual(await world.states(), ['running']);
    await world.pass(leaseMs);
    assert.deepEqual(await world.states(), ['finished']);
  });
});
