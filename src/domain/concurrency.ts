import type { Event } from './event.ts';
import type { RunId } from './id.ts';
import type { Run } from './run.ts';

/**
 * What a new run does that finds its group full: wait for its turn (`queue`), take the place of the oldest
 * (`cancel-older`), or not run: quietly (`skip`), or telling the sender so (`reject`).
 */
export const busyPolicies = ['queue', 'cancel-older', 'skip', 'reject'] as const;
export type BusyPolicy = (typeof busyPolicies)[number];

/** At most `limit` runs of a group run at the same time, in the order in which they came. */
export interface Concurrency {
  /** In a rule a template, in a plan the group's name. */
  readonly group: string;
  readonly limit: number;
  readonly busy: BusyPolicy;
}

/** What a group's template may name. */
export const groupPlaceholders = ['rule', 'repo', 'branch', 'ref', 'sha', 'actor'] as const;
type Placeholder = (typeof groupPlaceholders)[number];

/** The name of an event's group. `{branch}` of a patch is the patch itself: two patches never share it. */
export function groupName(template: string, rule: string, event: Event): string {
  const values: Readonly<Record<Placeholder, string | null>> = {
    rule,
    repo: event.repo?.name ?? null,
    branch: event.patch === null ? (event.branch ?? event.ref) : `patch ${event.patch.number}`,
    ref: event.ref,
    sha: event.after,
    actor: event.actor.name,
  };
  const isPlaceholder = (name: string): name is Placeholder => name in values;
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    isPlaceholder(name) ? (values[name] ?? '-') : whole,
  );
}

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
  const end = { outcome: 'skipped', exitCode: null, startedAt: null, finishedAt: run.queuedAt } as const;
  return { ...run, status: { state: 'finished', ...end, reason } };
}
