import type { Rule } from '../../domain/rule.ts';
import type { ScriptsSettings } from './settings.ts';
import { scriptsName } from './source.ts';

/** The rule that answers to calls of scripts: it runs what each names, with what the configuration gives to all of them. */
export function scriptsRule(
  { interpreters }: Pick<ScriptsSettings, 'interpreters'>,
  { env, secrets, timeoutMs, concurrency }: Pick<Rule, 'env' | 'secrets' | 'timeoutMs' | 'concurrency'>,
): Rule {
  return {
    env,
    secrets,
    timeoutMs,
    concurrency,
    name: scriptsName,
    when: {
      kind: 'all',
      of: [
        { kind: 'type', oneOf: ['script'] },
        { kind: 'call', rule: scriptsName },
        ...(interpreters === null ? [] : [{ kind: 'interpreter', oneOf: interpreters } as const]),
      ],
    },
    action: { kind: 'called' },
    repo: null,
    pool: 'local',
    // Nobody knows whether a script may be run twice.
    retryLost: 0,
    keepLogMs: null,
    trust: 'members',
    isolation: 'none',
    report: [],
    schedule: null,
  };
}
