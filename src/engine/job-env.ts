import type { Event } from '../domain/event.ts';
import type { Run } from '../domain/run.ts';

/**
 * The whole environment of a job. Later entries win: the machine's allow-listed base, the rule's own, its secrets, and
 * last what names the run (the run id also is how a process is recognised as the run's).
 */
export function jobEnv(
  base: Readonly<Record<string, string>>,
  job: {
    readonly run: Run;
    readonly event: Event;
    readonly eventFile: string;
    readonly sha: string | null;
    readonly secrets: Readonly<Record<string, string>>;
  },
): Record<string, string> {
  const { run, event } = job;
  const { action, revision } = run.plan;
  // A hook's command that gets no commit is nobody's test: programs do other things where they believe it is. And of a
  // workflow the plan says it, so that a secret may say otherwise.
  const isCi = action.kind === 'hook' ? revision !== null : action.kind !== 'workflow';
  return {
    ...base,
    ...run.plan.env,
    ...job.secrets,
    ...(isCi ? { CI: 'true' } : {}),
    SIGNALBOX: 'true',
    SIGNALBOX_RUN_ID: run.id,
    SIGNALBOX_ATTEMPT: String(run.attempt),
    SIGNALBOX_EVENT_ID: event.id,
    SIGNALBOX_EVENT_TYPE: event.type,
    SIGNALBOX_EVENT_FILE: job.eventFile,
    SIGNALBOX_REPO: event.repo?.name ?? '',
    SIGNALBOX_REF: event.ref ?? '',
    SIGNALBOX_BRANCH: event.branch ?? '',
    SIGNALBOX_SHA: job.sha ?? '',
    SIGNALBOX_BEFORE: event.before ?? '',
  };
}
