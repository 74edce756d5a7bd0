import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentStanding, agentState, whyWaiting } from './agent.ts';

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
  const told = 'agent told is drained by ada';
  const why = (agents: readonly AgentStanding[], busy: Readonly<Record<string, number>> = {}) =>
    whyWaiting(
      'linux',
      agents,
      name => busy[name] ?? 0,
      name => (name === 'told' ? told : null),
      null,
    );
  assert.equal(why([]), 'no agent of pool linux is online');
  assert.equal(why([elsewhere, gone]), 'no agent of pool linux is online');
  assert.equal(why([leaving]), 'no agent of pool linux is online: one is draining');
  assert.equal(why([agent('told'), elsewhere]), told);
  assert.equal(why([agent('told', { state: 'draining' })]), told);
  assert.equal(why([agent('told', { state: 'offline' })]), 'no agent of pool linux is online');
  assert.equal(why([agent('told'), agent('one')], { one: 2 }), 'all 2 slots of pool linux are busy');
  assert.equal(why([agent('one'), elsewhere], { one: 1 }), null);
  assert.equal(why([agent('one'), gone], { one: 2 }), 'all 2 slots of pool linux are busy');
  assert.equal(why([agent('one'), agent('two')], { one: 2, two: 2 }), 'all 4 slots of pool linux are busy');
  assert.equal(why([agent('one', { slots: 1 })], { one: 1 }), 'the only slot of pool linux is busy');
});

test('an agent is drained when it is to take no more runs and has none; it need not have heard of it', () => {
  assert.equal(agentState('online', false, 1), 'online');
  assert.equal(agentState('online', true, 1), 'draining');
  assert.equal(agentState('online', true, 0), 'drained');
  assert.equal(agentState('draining', true, 0), 'drained');
  assert.equal(agentState('draining', false, 0), 'draining');
  assert.equal(agentState('offline', true, 0), 'offline');
});
