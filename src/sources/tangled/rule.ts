import type { Rule } from '../../domain/rule.ts';

/** Of the rule, and of the source of the events that it answers to. */
export const tangledName = 'tangled';

/** The rule that answers to pipelines: each workflow that answers becomes a run. */
export function tangledRule({ timeoutMs, concurrency }: Pick<Rule, 'timeoutMs' | 'concurrency'>): Rule {
  return {
    timeoutMs,
    concurrency,
    name: tangledName,
    when: { kind: 'workflows' },
    action: { kind: 'workflows' },
    repo: null,
    env: {},
    secrets: [],
    pool: 'local',
    // As for every rule that checks out a commit.
    retryLost: 2,
    keepLogMs: null,
    // Whose pipelines are answered at all, the source decides: by members, repositories and knots.
    trust: 'members',
    isolation: 'auto',
    report: [],
    schedule: null,
  };
}
