import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystemClock } from '../../clock/system.ts';
import { createPace, type Purpose, type Turn } from './pace.ts';

const never = new AbortController().signal;

/** A clock that stands still until a test lets time pass. */
function stoppedClock() {
  let now = 0;
  const asleep = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    clock: {
      ...createSystemClock(),
      now: () => now,
      sleep: (ms: number, signal: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          const sleeper = { at: now + ms, wake: resolve };
          asleep.add(sleeper);
          signal.addEventListener('abort', () => {
            asleep.delete(sleeper);
            reject(signal.reason);
          });
        }),
    },
    pass: async (ms: number) => {
      now += ms;
      for (const sleeper of asleep)
        if (sleeper.at <= now) {
          asleep.delete(sleeper);
          sleeper.wake();
        }
      await new Promise(resolve => setImmediate(resolve));
    },
  };
}

/** What is let go, in its order. */
function world() {
  const time = stoppedClock();
  const pace = createPace(time.clock);
  const gone: string[] = [];
  const turns: Turn[] = [];
  const ask = (name: string, purpose: Purpose = 'act', signal = never) =>
    void pace.turn(purpose, signal).then(
      turn => {
        gone.push(name);
        turns.push(turn);
      },
      () => undefined,
    );
  const settled = () => new Promise(resolve => setImmediate(resolve));
  const answer = (status: number, headers: Readonly<Record<string, string>>) =>
    turns.shift()?.answered({ status, headers: new Headers(headers) });
  return { time, ask, gone, settled, answer };
}

const told = (scope: 'RateLimit' | 'RateLimit-User', limit: number, left: number, reset: number) => ({
  [`${scope}-Limit`]: String(limit),
  [`${scope}-Remaining`]: String(left),
  [`${scope}-Reset`]: String(reset),
});

test('a few at a time, the most urgent first', async () => {
  const { ask, gone, settled, answer } = world();
  for (let n = 0; n < 8; n += 1) ask(`first ${n}`);
  ask('a log', 'read');
  ask('a build', 'look');
  ask('an order', 'act');
  await settled();
  assert.equal(gone.length, 8);
  for (let n = 0; n < 3; n += 1) answer(200, {});
  await settled();
  assert.deepEqual(gone.slice(8), ['an order', 'a build', 'a log']);
});

test('what is left in a window is for orders, and the next window for all', async () => {
  const { time, ask, gone, settled, answer } = world();
  ask('one');
  await settled();
  answer(200, told('RateLimit-User', 50, 10, 20));
  ask('a build', 'look');
  ask('an order');
  await settled();
  assert.deepEqual(gone, ['one', 'an order']);
  answer(200, told('RateLimit-User', 50, 9, 20));
  await time.pass(20_000);
  await settled();
  assert.deepEqual(gone, ['one', 'an order', 'a build']);
});

test('either limit holds, that of the owner and that of the organization', async () => {
  for (const scope of ['RateLimit', 'RateLimit-User'] as const) {
    const { time, ask, gone, settled, answer } = world();
    ask('one');
    await settled();
    answer(200, told(scope, 50, 0, 30));
    ask('two');
    await settled();
    assert.deepEqual(gone, ['one']);
    await time.pass(30_000);
    await settled();
    assert.deepEqual(gone, ['one', 'two'], scope);
  }
});

test('after a refusal nothing is sent until the time that it names, and a little longer', async () => {
  for (const headers of [told('RateLimit-User', 50, 0, 37), { 'retry-after': '37' }]) {
    const { time, ask, gone, settled, answer } = world();
    ask('one');
    await settled();
    answer(429, headers);
    ask('two');
    await time.pass(36_999);
    await settled();
    assert.deepEqual(gone, ['one']);
    await time.pass(502);
    await settled();
    assert.deepEqual(gone, ['one', 'two']);
  }
});

test('a refusal counts, though it says that something is left, or that the time is over', async () => {
  for (const [headers, ms] of [
    [told('RateLimit-User', 50, 12, 37), 37_000],
    [{ ...told('RateLimit-User', 50, 12, 37), 'retry-after': '5' }, 5_000],
    [told('RateLimit-User', 50, 0, 0), 1_000],
  ] as const) {
    const { time, ask, gone, settled, answer } = world();
    ask('one');
    await settled();
    answer(429, headers);
    ask('two');
    await time.pass(ms - 1);
    await settled();
    assert.deepEqual(gone, ['one']);
    await time.pass(502);
    await settled();
    assert.deepEqual(gone, ['one', 'two']);
  }
});

test('no answer keeps everything waiting for weeks', async () => {
  for (const [status, headers] of [
    [429, { 'retry-after': '999999999' }],
    [200, told('RateLimit', 50, 0, 999_999_999)],
  ] as const) {
    const { time, ask, gone, settled, answer } = world();
    ask('one');
    await settled();
    answer(status, headers);
    ask('two');
    await time.pass(9 * 60_000);
    await settled();
    assert.deepEqual(gone, ['one']);
    await time.pass(2 * 60_000);
    await settled();
    assert.deepEqual(gone, ['one', 'two']);
  }
});

test('who does not wait any longer is not let go', async () => {
  const { time, ask, gone, settled, answer } = world();
  ask('one');
  await settled();
  answer(200, told('RateLimit-User', 50, 0, 30));
  const stop = new AbortController();
  ask('two', 'act', stop.signal);
  ask('three');
  await settled();
  stop.abort();
  await time.pass(30_000);
  await settled();
  assert.deepEqual(gone, ['one', 'three']);
});
