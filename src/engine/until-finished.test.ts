import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createSystemClock } from '../clock/system.ts';
import { admitRun, amended, claim, finish } from '../contracts/store/acts.suite.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { createEnds } from './ends.ts';
import { untilFinished } from './until-finished.ts';

async function openWorld() {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-until-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const store = stack.use(await openSqliteStore({ directory }));
  const open = stack.move();
  const needs = { store, ends: createEnds(), clock: createSystemClock() };
  return { store, needs, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

describe('waiting for the end of a run', { timeout: 30_000 }, () => {
  const never = new AbortController().signal;

  test('whoever stores the end tells everybody who waits for it', async () => {
    await using world = await openWorld();
    const { id } = await admitRun(world.store);
    const waiting = [1, 2].map(() => untilFinished(world.needs, id, true, never));
    await amended(world.store, id, claim('local'));
    world.needs.ends.tell(await amended(world.store, id, finish(1, 'failure', 3)));
    for (const end of await Promise.all(waiting)) assert.equal(end?.outcome, 'failure');
  });

  test('what is over already is found, and what there is not', async () => {
    await using world = await openWorld();
    const { id } = await admitRun(world.store);
    await amended(world.store, id, claim('local'));
    await amended(world.store, id, finish(1));
    assert.equal((await untilFinished(world.needs, id, false, never))?.outcome, 'success');
    const { id: other } = await admitRun(world.store);
    await world.store.forgetEvents(Number.MAX_SAFE_INTEGER, 100);
    const gone = new AbortController();
    const waiting = untilFinished(world.needs, other, true, gone.signal);
    gone.abort();
    assert.equal(await waiting, undefined);
  });

  test('nobody waits for what somebody has to approve first', async () => {
    await using world = await openWorld();
    const { id } = await admitRun(world.store, { blocked: true });
    assert.equal(await untilFinished(world.needs, id, false, never), undefined);
  });
});
