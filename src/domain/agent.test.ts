import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentStanding, whyWaiting } from './agent.ts';

const agent = (name: string, changes: Partial<AgentStanding> = {}): AgentStanding => ({
  name,
  pools: ['linux'],
  slots: 2,
  version: '1.2.3',
  capabilities: { os: 'linux', arch: 'x64', node: 'v24.0.0', tools: [], isolation: true },
  state: 'online',
  lastSeenAt: 0,
  ...changes,
});

test('why a run waits is said of its pool alone, and not at all when there is room', () => {
  const elsewhere = agent('mac', { pools: ['mac'] });
  const gone = agent('gone', { state: 'offline' });
  const leaving = agent('leaving', { state: 'draining' });
  const why = (agents: readonly AgentStanding[], busy: Readonly<Record<string, number>> = {}) =>
    whyWaiting('linux', agents, name => busy[name] ?? 0, null);
  assert.equal(why([]), 'no agent of pool linux is online');
  assert.equal(why([elsewhere, gone]), 'no agent of pool linux is online');
  assert.equal(why([leaving]), 'no agent of pool linux is online: one is draining');
  assert.equal(why([agent('one'), elsewhere], { one: 1 }), null);
  assert.equal(why([agent('one'), gone], { one: 2 }), 'all 2 slots of pool linux are busy');
  assert.equal(why([agent('one'), agent('two')], { one: 2, two: 2 }), 'all 4 slots of pool linux are busy');
  assert.equal(why([agent('one', { slots: 1 })], { one: 1 }), 'the only slot of pool linux is busy');
});
