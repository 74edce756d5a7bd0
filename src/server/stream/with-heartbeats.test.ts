import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../clock/system.ts';
import { beat } from './sse.ts';
import { withHeartbeats } from './with-heartbeats.ts';

const needs = { clock: createSystemClock() };
const never = new AbortController().signal;

async function* told(...chunks: readonly string[]) {
  yield* chunks;
}

async function all(chunks: AsyncIterable<string>): Promise<string[]> {
  const heard: string[] = [];
  for await (const chunk of chunks) heard.push(chunk);
  return heard;
}

test('what comes without a pause passes as it is, to its end', async () => {
  const heard = await all(withHeartbeats(needs, told('a', 'b'), 60_000, never));
  assert.deepEqual(heard, ['a', 'b']);
});

test('a pause is filled with comments, and nothing is lost over it', async () => {
  const pause = Promise.withResolvers<void>();
  async function* slow() {
    yield 'a';
    await pause.promise;
    yield 'b';
  }
  const heard: string[] = [];
  for await (const chunk of withHeartbeats(needs, slow(), 5, never)) {
    heard.push(chunk);
    if (heard.length === 4) pause.resolve();
  }
  assert.deepEqual(
    heard.filter(chunk => chunk !== beat),
    ['a', 'b'],
  );
  assert.deepEqual(heard.slice(0, 4), ['a', beat, beat, beat]);
});

test('it ends with its signal, also in a pause, and lets the stream go', async () => {
  const life = new AbortController();
  let over = false;
  async function* quiet() {
    try {
      yield 'a';
      await sleep(60_000, undefined, { signal: life.signal, ref: false }).catch(() => undefined);
    } finally {
      over = true;
    }
  }
  for await (const _chunk of withHeartbeats(needs, quiet(), 60_000, life.signal))
    setImmediate(() => life.abort());
  assert.equal(over, true);
});

test('a stream that breaks breaks its reader', async () => {
  async function* broken() {
    yield 'a';
    throw new Error('broken');
  }
  await assert.rejects(all(withHeartbeats(needs, broken(), 60_000, never)), /broken/);
});
