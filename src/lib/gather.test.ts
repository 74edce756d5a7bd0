import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { gather } from './gather.ts';

test('what is added in one turn goes together, in order', async () => {
  const handed: string[] = [];
  const gathered = gather(texts => void handed.push(texts));
  gathered.add('a');
  gathered.add('b');
  assert.deepEqual(handed, []);
  await turn();
  gathered.add('c');
  await turn();
  assert.deepEqual(handed, ['ab', 'c']);
});

test('what is flushed goes at once, and only once', async () => {
  const handed: string[] = [];
  const gathered = gather(texts => void handed.push(texts));
  gathered.add('a');
  gathered.flush();
  gathered.flush();
  await turn();
  assert.deepEqual(handed, ['a']);
});
