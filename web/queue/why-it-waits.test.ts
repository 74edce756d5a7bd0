import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Agent, RunSummary } from '../wire.ts';
import { whyItWaits } from './why-it-waits.ts';

const run: RunSummary = {
  id: 'run_1',
  rule: 'unit',
  event: 'evt_1',
  state: 'queued',
  outcome: null,
  exitCode: null,
  attempt: 0,
  agent: null,
  queuedAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  reason: null,
  repo: null,
  ref: null,
  sha: null,
  rerunOf: null,
  adapter: null,
  workflow: null,
  build: null,
  actor: { id: null, name: null },
};
const busy: Agent = {
  name: 'local',
  pools: ['local'],
  slots: 1,
  running: [{ run: 'run_0', attempt: 1, leaseUntil: '2026-01-01T00:00:00.000Z' }],
};

test('why a run waits is said in the server’s words, and guessed only where it has none', () => {
  assert.equal(whyItWaits({ ...run, waits: 'for its group' }, [busy]), 'for its group');
  assert.equal(whyItWaits({ ...run, reason: 'stranger' }, [busy]), 'stranger');
  assert.equal(whyItWaits({ ...run, state: 'blocked' }, [busy]), 'for somebody’s approval');
  assert.match(whyItWaits({ ...run, waits: null }, [busy]), /all agents are busy/);
  assert.match(whyItWaits(run, [{ ...busy, slots: 2 }]), /an agent of its pool/);
  assert.match(whyItWaits(run, [{ ...busy, state: 'offline' }]), /no agent/);
});
