import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from './turns.ts';

const never = new AbortController().signal;

test('one task at a time per key, in order; other keys do not wait', async () => {
  const inTurn = createTurns();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inTurn('a', never, async () => {
    await gate.promise;
    done.push('a1');
  });
  const second = inTurn('a', never, async () => void done.push('a2'));
  const third = inTurn('a', never, async () => void done.push('a3'));
  await inTurn('b', never, async () => void done.push('b1'));
  gate.resolve();
  await Promise.all([first, second, third]);
  assert.deepEqual(done, ['b1', 'a1', 'a2', 'a3']);
});

test('a task that fails lets the next one through', async () => {
  const inTurn = createTurns();
  const failed = inTurn('a', never, async () => {
    throw new Error('no');
  });
  const next = inTurn('a', never, async () => 'yes');
  await assert.rejects(failed, /no/);
  assert.equal(await next, 'yes');
});

test('one that is aborted while it waits is never run, and those behind it still wait', async () => {
  const inTurn = createTurns();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const stop = new AbortController();
  const first = inTurn('a', never, async () => {
    await gate.promise;
    done.push('first');
  });
  const second = inTurn('a', stop.signal, async () => void done.push('second'));
  const third = inTurn('a', never, async () => void done.push('third'));
  stop.abort(new Error('enough'));
  await assert.rejects(second, /enough/);
  gate.resolve();
  await Promise.all([first, third]);
  assert.deepEqual(done, ['first', 'third']);
});
