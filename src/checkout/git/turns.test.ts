import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
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

// A checkout that was cancelled while it waited let the next one at the mirror that another was still writing to.
test('one that comes after the last one has given up waits for the first', async () => {
  const inTurn = createTurns();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inTurn('a', never, async () => {
    await gate.promise;
    done.push('first');
  });
  const stop = new AbortController();
  const second = inTurn('a', stop.signal, async () => void done.push('second'));
  stop.abort(new Error('enough'));
  await assert.rejects(second, /enough/);
  const third = inTurn('a', never, async () => void done.push('third'));
  await new Promise(resolve => setImmediate(resolve));
  gate.resolve();
  await Promise.all([first, third]);
  assert.deepEqual(done, ['first', 'third']);
});

test('whoever gives up whenever, there is never more than one at a time', () =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.boolean(), { maxLength: 8 }), async (s, givesUp) => {
      const inTurn = createTurns();
      let inside = 0;
      let ran = 0;
      const tasks = givesUp.map(async gives => {
        await s.schedule(Promise.resolve());
        const stop = new AbortController();
        const task = inTurn('a', stop.signal, async () => {
          inside += 1;
          assert.equal(inside, 1);
          await s.schedule(Promise.resolve());
          inside -= 1;
          ran += 1;
        });
        if (gives) void s.schedule(Promise.resolve()).then(() => stop.abort('enough'));
        await task.catch(reason => assert.equal(reason, 'enough'));
      });
      await s.waitFor(Promise.all(tasks));
      assert.ok(ran >= givesUp.filter(gives => !gives).length);
    }),
  ));
