import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pool } from '../wire.ts';
import { poolAspect, poolWords } from './pool-words.ts';

const pool: Pool = { name: 'mac', pause: null, waiting: 2, running: 0, agents: [] };
const hold = { by: 'ada', since: '2026-11-22T00:15:23.000Z', reason: null };
const agent = (state: string): Pool => ({ ...pool, agents: [{ name: 'box-1', state }] });

test('a pool in which nothing can begin shows no green', () => {
  assert.equal(poolAspect(pool, null), 'fault');
  assert.equal(poolAspect(agent('offline'), null), 'fault');
  assert.equal(poolAspect(agent('draining'), null), 'held');
  assert.equal(poolAspect({ ...pool, waiting: 0 }, null), 'dark');
  assert.equal(poolAspect(agent('online'), null), 'proceed');
  assert.equal(poolAspect(agent('online'), hold), 'held');
  assert.equal(poolAspect({ ...pool, pause: hold }, null), 'held');
});

test('a pool whose agents are all away says so', () => {
  assert.equal(poolWords(pool), '2 runs wait · 0 running · no agent is known');
  assert.equal(poolWords(agent('offline')), '2 runs wait · 0 running · agent box-1 · none takes runs now');
  assert.equal(poolWords(agent('online')), '2 runs wait · 0 running · agent box-1');
});
