import type { Event } from './event.ts';
import type { Workflow } from './pipeline.ts';

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

/** What a group's template may name; where each workflow is a run, it may also name the `workflow`. */
export const groupPlaceholders = ['rule', 'repo', 'branch', 'ref', 'sha', 'actor', 'script'] as const;
type Placeholder = (typeof groupPlaceholders)[number] | 'workflow';

/** The name of an event's group. `{branch}` of a patch is the patch itself: two patches never share it. */
export function groupName(template: string, rule: string, event: Event, workflow: Workflow | null): string {
  const values: Readonly<Record<Placeholder, string | null>> = {
    rule,
    repo: event.repo?.name ?? null,
    branch: event.patch === null ? (event.branch ?? event.ref) : `patch ${event.patch.number}`,
    ref: event.ref,
    sha: event.after,
    actor: event.actor.name,
    script: event.call?.name ?? null,
    workflow: workflow?.name ?? null,
  };
  const isPlaceholder = (name: string): name is Placeholder => name in values;
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    isPlaceholder(name) ? (values[name] ?? '-') : whole,
  );
}
