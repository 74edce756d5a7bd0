import type { Event } from './event.ts';
import { type Explanation, holds, type Matchers } from './explanation.ts';
import type { RadicleFacts } from './radicle.ts';
import type { Rule } from './rule.ts';
import { cut } from './shown.ts';

export const verdictWords = ['matched', 'not matched', 'blocked', 'error'] as const;
export type VerdictWord = (typeof verdictWords)[number];

/** A rule's answer to an event. `blocked`: it matched, and waits for someone's approval. */
export interface Verdict {
  readonly rule: string;
  readonly verdict: VerdictWord;
  /** One sentence: why (not). */
  readonly reason: string;
  readonly explanation: Explanation;
}

/** Decides one rule for one event. Total: a broken condition is the verdict `error`, never an exception. */
export function judge(matchers: Matchers, rule: Rule, event: Event): Verdict {
  // What the event itself has to name cannot be started by the rule's name alone.
  const explanation =
    event.target === null || leavesActionToEvent(rule)
      ? holds(matchers, rule.when, event)
      : named(rule, event.target, event);
  const reason = explanation.text;
  if (explanation.error) return { rule: rule.name, verdict: 'error', reason, explanation };
  if (explanation.holds !== true) return { rule: rule.name, verdict: 'not matched', reason, explanation };
  const doubt = distrust(rule, event);
  if (doubt !== null) return { rule: rule.name, verdict: 'blocked', reason: doubt, explanation };
  return { rule: rule.name, verdict: 'matched', reason, explanation };
}

/** Whether the event says what runs, so that the rule alone cannot. */
export const leavesActionToEvent = ({ action }: Pick<Rule, 'action'>): boolean =>
  action.kind === 'called' || action.kind === 'workflows';

/** Schedules and calls by hand name their rule; its conditions are not asked. */
function named(rule: Rule, target: string, event: Event): Explanation {
  const by = event.type === 'schedule' ? 'its schedule' : `${event.actor.name ?? 'someone'}, by hand`;
  const ok = rule.name === target;
  const text = ok ? `started by ${by}` : `the event is for rule "${target}" alone`;
  return { holds: ok, text, seen: target, error: false, parts: [] };
}

/** Where forges keep what was proposed, whoever did. */
const proposals = /^refs\/(?:pull|merge-requests|for|changes)\//;

/**
 * Whether the code that a run of this event executes may come from somebody who could not push it to the repository:
 * whoever approves or allows it, or starts it by hand, it stays that.
 */
export function isForeign({
  patch,
  ref,
  radicle,
  pipeline,
}: Pick<Event, 'patch' | 'ref' | 'radicle' | 'pipeline'>): boolean {
  if (pipeline !== null && pipeline.sourceRepo !== null) return true;
  if (radicle !== null) return radicle.standing !== 'delegate';
  return patch === null ? proposals.test(ref ?? '') : patch.fromFork || !patch.authorIsMember;
}

/**
 * Why this event may not start the rule without approval, or null when it may. Judged by what the forge
 * authenticated, never by names in commits.
 */
export function distrust(rule: Rule, event: Event): string | null {
  if (rule.trust === 'anyone' || event.target !== null) return null;
  if (rule.trust === 'approval') return 'the rule wants an approval for every run';
  if (event.radicle !== null) return distrustNamespace(event, event.radicle);
  if (event.patch === null) return null;
  const who = cut(event.patch.author.name ?? 'an unknown person');
  if (event.patch.fromFork) {
    const { repo } = event.patch.from;
    return `the patch by ${who} comes from ${repo === null ? 'outside the repository' : `the fork ${cut(repo)}`}: waits for approval`;
  }
  if (!event.patch.authorIsMember)
    return `${who} is not a member of ${cut(event.repo?.name ?? 'the repository')}: waits for approval`;
  return null;
}

/** In Radicle everybody pushes to a namespace of their own, so whose it is decides, for branches and tags as for patches. */
function distrustNamespace(
  { type, actor, patch, repo }: Event,
  { standing, namespace, project }: RadicleFacts,
): string | null {
  if (standing === 'delegate') return null;
  const key = namespace ?? 'somebody who is not named';
  const who = cut(actor.name === null ? key : `${actor.name} (${key})`);
  const what = patch === null ? `the ${type}` : "the patch's code";
  const where = cut(`${project.name} (${repo?.name ?? 'the repository'})`);
  const but = standing === 'followed' ? 'whom this node follows, but who is' : 'who is';
  return `${what} is by ${who}, ${but} no delegate of ${where}: waits for approval`;
}
