import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notes, run } from '../../test/support/doors/sample-notes.ts';
import { createSystemClock } from '../clock/system.ts';
import type { Hold, HoldOn } from '../domain/hold.ts';
import { type AgentsNow, createMetrics } from './metrics.ts';

const now: AgentsNow = {
  control: { link: () => ({ state: 'down', reason: 'away' }), questions: () => 7 },
  agents: () => (['online', 'offline', 'online'] as const).map(state => ({ state })),
};

const held = (on: HoldOn): Hold => ({ on, by: 'ada', at: 0, reason: null });

test('metrics count what is noted, and look at the store when they are read', async () => {
  const counts = { queued: 3, running: 2, blocked: 1, outbox: 4, oldestQueuedAt: null };
  const metrics = createMetrics({
    clock: createSystemClock(),
    version: '1.2.3',
    store: {
      counts: async () => counts,
      holds: async () => [held({ kind: 'everything' }), held({ kind: 'pool', name: 'linux' })],
    },
    configState: () => ({ file: null, loadedAt: 5_000, error: 'broken', needsRestart: [] }),
  });
  for (const note of notes) metrics.journal.note(note);
  const lines = (await metrics.render(now)).split('\n');
  for (const line of [
    'signalbox_events_received_total{source="github",type="push",result="admitted"} 1',
    'signalbox_events_received_total{source="github",type="",result="refused"} 1',
    'signalbox_dedupe_total{source="github"} 1',
    'signalbox_events_verdicts_total{rule="unit \\"1\\"",verdict="matched"} 1',
    'signalbox_event_ack_seconds_sum 0.002',
    'signalbox_runs_total{rule="unit \\"1\\"",result="failure"} 1',
    'signalbox_run_queue_seconds_sum{rule="unit \\"1\\""} 2',
    'signalbox_run_duration_seconds_sum{rule="unit \\"1\\""} 5',
    'signalbox_reports_total{sink="github",result="sent"} 1',
    'signalbox_announcements_skipped_total 1',
    'signalbox_troubles_total 1',
    'signalbox_queue_depth{queue="queued"} 3',
    'signalbox_runs_active 2',
    'signalbox_report_backlog 4',
    'signalbox_queue_oldest_seconds 0',
    'signalbox_pool_paused{pool="*"} 1',
    'signalbox_pool_paused{pool="linux"} 1',
    'signalbox_transport_connected 0',
    'signalbox_agent_questions 7',
    'signalbox_agents{state="online"} 2',
    'signalbox_agents{state="draining"} 0',
    'signalbox_agents{state="offline"} 1',
    'signalbox_config_last_reload_successful 0',
    'signalbox_config_last_reload_timestamp_seconds 5',
  ])
    assert.ok(lines.includes(line), line);
});

test('A76: a name stays within its label, whatever stands in it', async () => {
  const metrics = createMetrics({
    clock: createSystemClock(),
    version: '1.2.3',
    store: {
      counts: async () => ({ queued: 0, running: 0, blocked: 0, outbox: 0, oldestQueuedAt: null }),
      holds: async () => [],
    },
    configState: () => ({ file: null, loadedAt: 0, error: null, needsRestart: [] }),
  });
  const rule = 'x"} 1\nsignalbox_forged 1\r\n# HELP \\ <b>%0a';
  metrics.journal.note({ kind: 'run.finished', run: { ...run, rule } });
  const text = await metrics.render(now);
  assert.ok(
    text.includes(
      `signalbox_runs_total{rule="${rule.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}",result="failure"} 1\n`,
    ),
    text.split('\n').find(line => line.startsWith('signalbox_runs_total')),
  );
  assert.doesNotMatch(text, /^signalbox_forged/m);
});
