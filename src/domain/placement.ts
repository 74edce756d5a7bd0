import type { RunId } from './id.ts';
import type { Run } from './run.ts';

/** How a run and its group get along: the run as it is stored, and which older ones make place for it. */
export interface Placement {
  readonly run: Run;
  readonly superseded: readonly RunId[];
}

/** Places a queued run among the others of its group that are queued or running, oldest first. */
export function place(run: Run, others: readonly Run[]): Placement {
  const { concurrency } = run.plan;
  const [oldest] = others;
  if (concurrency === null || oldest === undefined || others.length < concurrency.limit)
    return { run, superseded: [] };
  const { group, limit, busy } = concurrency;
  const full = `${oldest.id} is under way in group "${group}"`;
  switch (busy) {
    case 'queue':
      return { run: { ...run, status: { state: 'queued', reason: `waits: ${full}` } }, superseded: [] };
    case 'cancel-older':
      return { run, superseded: others.slice(0, others.length - limit + 1).map(({ id }) => id) };
    case 'skip':
      return { run: skipped(run, full), superseded: [] };
    case 'reject':
      return { run: skipped(run, `refused: ${full}`), superseded: [] };
  }
}

/** Whether a run was turned away in a way that its sender shall hear of. */
export function isRejected({ plan, status }: Run): boolean {
  return plan.concurrency?.busy === 'reject' && status.state === 'finished' && status.outcome === 'skipped';
}

function skipped(run: Run, reason: string): Run {
  const end = {
    outcome: 'skipped',
    exitCode: null,
    agent: null,
    startedAt: null,
    finishedAt: run.queuedAt,
    counterpart: null,
  } as const;
  return { ...run, status: { state: 'finished', ...end, reason } };
}
