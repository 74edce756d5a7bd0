import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventId, runId } from '../../domain/id.ts';
import { runOf } from './run-rows.ts';

/** A row as it was written before runs kept their last agent, what blocks them and which workflow they are. */
const row = (state: 'finished' | 'blocked', status: object) => ({
  id: runId('0'.repeat(26)),
  event: eventId('0'.repeat(26)),
  rule: 'unit',
  pool: 'local',
  group_name: null,
  approval_of: null,
  state,
  queued_at: 1,
  rerun_of: null,
  attempt: 1,
  version: 3,
  plan: JSON.stringify({ pool: 'local', report: [] }),
  status: JSON.stringify({ state, ...status }),
});

test('an old finished run is read: nobody knows its agent', () => {
  const { status, plan } = runOf(row('finished', { outcome: 'success', startedAt: 1 }));
  assert.equal(status.state === 'finished' && status.agent, null);
  assert.equal(plan.blockedBy, null);
  assert.equal(plan.workflow, null);
});

test('an old blocked run is read: what blocks it stands in its status', () => {
  const { plan } = runOf(row('blocked', { reason: 'a stranger' }));
  assert.equal(plan.blockedBy, 'a stranger');
});
