import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import { type AgentStanding, presenceStates } from '../domain/agent.ts';
import type { Journal, Note } from '../engine/journal.ts';
import type { ConfigState } from './needs.ts';

export interface Metrics {
  /** Counts what the house notes. */
  readonly journal: Journal;
  /** Everything as Prometheus reads it. */
  readonly render: (agents: AgentsNow) => Promise<string>;
}

/** How the agents stand, and the way to them. */
export interface AgentsNow {
  readonly control: Pick<ControlEnd, 'link' | 'questions'>;
  readonly agents: () => readonly Pick<AgentStanding, 'state'>[];
}

export interface MetricsNeeds {
  readonly store: Pick<Store, 'counts' | 'holds'>;
  readonly clock: Clock;
  readonly version: string;
  readonly configState: () => ConfigState;
}

/** From a commit on a fast disk to a sender's patience. */
const ackSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** From a hook to a long test suite. */
const workSeconds = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

/** Metrics of this process in a registry of their own. Labels come from the configuration, never from payloads. */
export function createMetrics(needs: MetricsNeeds): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `signalbox_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, labelNames: readonly string[], buckets: readonly number[]) =>
    new Histogram({ name: `signalbox_${name}`, help, labelNames, buckets: [...buckets], registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `signalbox_${name}`, help, labelNames, registers });

  const received = counter('events_received_total', 'Deliveries and events by what became of them', [
    'source',
    'type',
    'result',
  ]);
  const deduped = counter('dedupe_total', 'Copies of deliveries that were here before', ['source']);
  const verdicts = counter('events_verdicts_total', 'Answers of rules to events', ['rule', 'verdict']);
  const ack = histogram('event_ack_seconds', 'From the verified delivery to its storage', [], ackSeconds);
  const runs = counter('runs_total', 'Finished runs', ['rule', 'result']);
  const lost = counter('runs_lost_total', 'Attempts whose agent fell silent', ['rule']);
  const waited = histogram('run_queue_seconds', 'From queued to the first attempt', ['rule'], workSeconds);
  const took = histogram('run_duration_seconds', 'From the last start to the end', ['rule'], workSeconds);
  const reports = counter('reports_total', 'Tries to tell the outside', ['sink', 'result']);
  const skipped = counter('announcements_skipped_total', 'Damaged announcements that readers do not get', []);
  const troubles = counter('troubles_total', 'Failures of the house itself', []);

  const queue = gauge('queue_depth', 'Runs that wait', ['queue']);
  const oldest = gauge('queue_oldest_seconds', 'How long the oldest queued run has waited');
  const active = gauge('runs_active', 'Runs that run now');
  const backlog = gauge('report_backlog', 'Tickets and reports still to be sent');
  const paused = gauge('pool_paused', '1 for each pool that somebody has paused, * for everything', ['pool']);
  const connected = gauge('transport_connected', '1 while what agents say arrives');
  const questions = gauge('agent_questions', 'Questions of agents that are not answered yet');
  const agents = gauge('agents', 'Agents by how they stand', ['state']);
  const reloadOk = gauge('config_last_reload_successful', '1 when the latest reload was good');
  const reloadAt = gauge('config_last_reload_timestamp_seconds', 'When the configuration in force was read');
  const built = gauge('build_info', 'What runs', ['version', 'node']);
  built.set({ version: needs.version, node: process.version }, 1);

  function note(note: Note): void {
    switch (note.kind) {
      case 'event.admitted': {
        const { source, type } = note.event;
        received.inc({ source, type, result: 'admitted' });
        ack.observe(note.tookMs / 1000);
        for (const { rule, verdict } of note.verdicts) verdicts.inc({ rule, verdict });
        return;
      }
      case 'event.duplicate':
        received.inc({ source: note.source, type: '', result: 'duplicate' });
        deduped.inc({ source: note.source });
        return;
      case 'delivery.refused':
        received.inc({ source: note.delivery.source, type: '', result: 'refused' });
        return;
      case 'run.started': {
        const { rule, attempt, queuedAt, status } = note.run;
        if (status.state === 'running' && attempt === 1)
          waited.observe({ rule }, (status.startedAt - queuedAt) / 1000);
        return;
      }
      case 'run.finished': {
        const { rule, status } = note.run;
        if (status.state !== 'finished') return;
        runs.inc({ rule, result: status.outcome });
        if (status.startedAt !== null) took.observe({ rule }, (status.finishedAt - status.startedAt) / 1000);
        return;
      }
      case 'run.lost':
        lost.inc({ rule: note.run.rule });
        return;
      case 'report.told':
        reports.inc({ sink: note.reporter, result: note.result });
        return;
      case 'trouble':
        troubles.inc();
        return;
      case 'announcement.skipped':
        skipped.inc();
        return;
      case 'cursor.unreadable':
      case 'hold.begun':
      case 'hold.ended':
        return;
      case 'config.reloaded':
      case 'config.refused':
        // How the configuration stands is asked when metrics are read.
        return;
    }
  }

  /** What others know better than a count of notes. */
  async function look(now: AgentsNow): Promise<void> {
    const { queued, blocked, running, outbox, oldestQueuedAt } = await needs.store.counts();
    queue.set({ queue: 'queued' }, queued);
    queue.set({ queue: 'blocked' }, blocked);
    active.set(running);
    backlog.set(outbox);
    oldest.set(oldestQueuedAt === null ? 0 : Math.max(0, needs.clock.now() - oldestQueuedAt) / 1000);
    paused.reset();
    paused.set({ pool: '*' }, 0);
    for (const { on } of await needs.store.holds())
      if (on.kind !== 'agent') paused.set({ pool: on.kind === 'pool' ? on.name : '*' }, 1);
    connected.set(now.control.link().state === 'up' ? 1 : 0);
    questions.set(now.control.questions());
    const standing = now.agents();
    for (const state of presenceStates)
      agents.set({ state }, standing.filter(agent => agent.state === state).length);
    const { error, loadedAt } = needs.configState();
    reloadOk.set(error === null ? 1 : 0);
    reloadAt.set(loadedAt / 1000);
  }

  return {
    journal: { note },
    render: async now => {
      await look(now);
      return registry.metrics();
    },
  };
}
