import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventOf } from './events.ts';

test('an old event is read: it is a pipeline no more than a call', () => {
  const { pipeline, call, radicle } = eventOf(JSON.stringify({ id: 'evt_1', type: 'push' }));
  assert.deepEqual({ pipeline, call, radicle }, { pipeline: null, call: null, radicle: null });
});
