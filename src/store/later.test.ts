import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLater } from './later.ts';

test('what was added is written together, in order, and the rest when it is closed', async () => {
  const written: (readonly number[])[] = [];
  const first = Promise.withResolvers<void>();
  const write = async (items: readonly number[]): Promise<void> => {
    written.push(items);
    first.resolve();
  };
  const later = createLater(write, { items: 10, delayMs: 1 });
  for (const item of [1, 2, 3]) later.add(item);
  await awake(first.promise);
  later.add(4);
  await later[Symbol.asyncDispose]();
  assert.deepEqual(written, [[1, 2, 3], [4]]);
});

test('too many push out the oldest', async () => {
  const written: number[] = [];
  {
    await using later = createLater<number>(async items => void written.push(...items), {
      items: 3,
      delayMs: 60_000,
    });
    for (const item of [1, 2, 3, 4, 5]) later.add(item);
  }
  assert.deepEqual(written, [3, 4, 5]);
});

test('what could not be written is written the next time, before what came since', async () => {
  const written: number[] = [];
  let tries = 0;
  const second = Promise.withResolvers<void>();
  const later = createLater<number>(
    async items => {
      tries += 1;
      if (tries === 1) {
        later.add(3);
        throw new Error('disk full');
      }
      written.push(...items);
      second.resolve();
    },
    { items: 10, delayMs: 1 },
  );
  later.add(1);
  later.add(2);
  await awake(second.promise);
  await later[Symbol.asyncDispose]();
  assert.deepEqual(written, [1, 2, 3]);
});

test('closing says when the rest could not be written', async () => {
  const later = createLater(() => Promise.reject(new Error('disk full')), { items: 3, delayMs: 60_000 });
  later.add(1);
  await assert.rejects(async () => later[Symbol.asyncDispose](), /disk full/);
});

/** The timers under test keep no process alive: something else must, until the promise resolves. */
async function awake(promise: Promise<void>): Promise<void> {
  const alive = setInterval(() => undefined, 1_000);
  try {
    await promise;
  } finally {
    clearInterval(alive);
  }
}
