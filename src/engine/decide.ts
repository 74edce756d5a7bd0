import type { Clock } from '../contracts/clock.ts';
import { workflowsFor } from '../domain/action-of.ts';
import type { Event } from '../domain/event.ts';
import type { Matchers } from '../domain/explanation.ts';
import { runId } from '../domain/id.ts';
import type { Rule } from '../domain/rule.ts';
import { plan, type Run } from '../domain/run.ts';
import { judge, leavesActionToEvent, type Verdict } from '../domain/verdict.ts';

/** The rules in force now; a reload replaces them all at once. */
export type Rules = () => readonly Rule[];

export interface Decision {
  readonly verdicts: readonly Verdict[];
  readonly runs: readonly Run[];
}

/**
 * Asks every rule and plans the runs of those that matched, or matched and wait for approval. Rules that answer to calls,
 * or to pipelines, are asked about those alone: that the others are not meant is nothing that anybody wants to read.
 */
export function decide(
  needs: { readonly matchers: Matchers; readonly clock: Clock },
  all: readonly Rule[],
  event: Event,
): Decision {
  const at = needs.clock.now();
  const rules = all.filter(rule => isAsked(rule, event));
  const verdicts = rules.map(rule => judge(needs.matchers, rule, event));
  const runs = verdicts.flatMap((verdict, index) => {
    const rule = rules[index];
    if (rule === undefined || (verdict.verdict !== 'matched' && verdict.verdict !== 'blocked')) return [];
    const blockedBy = verdict.verdict === 'blocked' ? verdict.reason : null;
    return workflowsFor(rule, event).map(workflow =>
      plan(rule, event, { id: runId(needs.clock.unique()), at, blockedBy, workflow }),
    );
  });
  return { verdicts, runs };
}

const isAsked = (rule: Rule, { call, pipeline, target }: Event): boolean =>
  !leavesActionToEvent(rule) ||
  target === rule.name ||
  (rule.action.kind === 'called' ? call?.rule === rule.name : pipeline !== null);
