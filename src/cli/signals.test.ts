import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lifeSignals } from './signals.ts';

test('the first signal asks to drain, the second to abandon, a third meets nobody', () => {
  const before = process.listenerCount('SIGTERM');
  using life = lifeSignals();
  assert.deepEqual([life.drain.aborted, life.abandon.aborted], [false, false]);
  process.emit('SIGTERM');
  assert.deepEqual([life.drain.aborted, life.abandon.aborted], [true, false]);
  process.emit('SIGINT');
  assert.deepEqual([life.drain.aborted, life.abandon.aborted], [true, true]);
  assert.equal(process.listenerCount('SIGTERM'), before);
});

test('what is no longer needed listens no more', () => {
  const before = process.listenerCount('SIGINT');
  lifeSignals()[Symbol.dispose]();
  assert.equal(process.listenerCount('SIGINT'), before);
});
