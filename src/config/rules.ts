import { type Adapter, secretOf } from '../domain/adapter.ts';
import type { Concurrency } from '../domain/concurrency.ts';
import type { Condition } from '../domain/condition.ts';
import type { Rule } from '../domain/rule.ts';
import { compileDagger } from './dagger.ts';
import { compileBuild } from './providers.ts';
import type { WrittenRule } from './schema-rule.ts';

/** Makes a rule of what is written. What is wrong with it is `checkRule`'s to tell. */
export function compileRule(written: WrittenRule, adapters: readonly Adapter[]): Rule {
  const adapter = adapters.find(({ name }) => name === written.adapter);
  return {
    name: written.name,
    when: { kind: 'all', of: conditions(written) },
    action: action(written, adapter),
    repo: literalRepo(written),
    env: written.env,
    secrets: [
      ...written.secrets,
      ...(adapter?.secretEnv ?? []).map(variable => secretOf(adapter?.name ?? '', variable)),
    ],
    pool: written.pool,
    timeoutMs: written.timeout,
    retryLost: written.retry.lost,
    keepLogMs: null,
    concurrency: written.concurrency ?? (adapter === undefined ? null : inOrder),
    trust: written.trust,
    isolation: written.isolation,
    report: written.report,
    schedule: written.cron === undefined ? null : { cron: written.cron },
  };
}

function action(
  { run, exec, directory, dagger, buildkite }: WrittenRule,
  adapter: Adapter | undefined,
): Rule['action'] {
  if (adapter !== undefined) return { kind: 'adapter', adapter };
  if (buildkite !== undefined) return { kind: 'provider', call: compileBuild(buildkite) };
  if (dagger !== undefined) return { kind: 'dagger', dagger: compileDagger(dagger) };
  return {
    kind: 'command',
    command: exec === undefined ? { shell: run ?? '' } : { argv: exec },
    ...(directory === undefined ? {} : { directory }),
  };
}

/** Adapters are used to it: what happened to a ref is told in its order. */
const inOrder: Concurrency = { group: '{rule}/{repo}/{ref}', limit: 1, busy: 'queue' };

/** Cheap ones first, in the order in which people ask; expressions last, so that they are only looked at when all else holds. */
function conditions(written: WrittenRule): readonly Condition[] {
  const { on, action, repo, branch, paths } = written;
  if (!isStartedByEvents(written)) return [{ kind: 'type', oneOf: on }];
  return [
    { kind: 'type', oneOf: on },
    ...(action === undefined
      ? on.includes('patch')
        ? [{ kind: 'action', type: 'patch', oneOf: ['created', 'updated'], implied: true } as const]
        : []
      : [{ kind: 'action', type: null, oneOf: action, implied: false } as const]),
    { kind: 'commit' },
    ...(repo === undefined ? [] : [{ kind: 'repo', patterns: repo } as const]),
    ...(branch === undefined ? [] : [{ kind: 'branch', patterns: branch } as const]),
    ...(paths === undefined ? [] : [{ kind: 'paths', patterns: paths } as const]),
    ...(written.if === undefined ? [] : [{ kind: 'expression', source: written.if } as const]),
  ];
}

/** Whether anything but a schedule or a hand starts the rule: those two name their rule, and ask no conditions. */
export function isStartedByEvents({ on }: Pick<WrittenRule, 'on'>): boolean {
  return on.some(trigger => trigger !== 'schedule' && trigger !== 'manual');
}

/** The one repository that a rule is for, by name or clone URL; null when it is for several. */
export function literalRepo({ repo }: Pick<WrittenRule, 'repo'>): string | null {
  const [only, ...others] = repo ?? [];
  if (only === undefined || others.length > 0) return null;
  return isCloneUrl(only) || !/[*?[\]{}\\!]/.test(only) ? only : null;
}

export const isCloneUrl = (repo: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(repo);
