import type { Rule } from '../../domain/rule.ts';
import type { Hook } from './hook.ts';

/** The original sets its commands no limit; something that nobody waits for any more has to end all the same. */
const usualTimeoutMs = 7 * 24 * 3_600_000;

/** The rule that answers to calls of a hook, and bears its id: it runs what each request has put together. */
export function hookRule({ id, run }: Pick<Hook, 'id' | 'run'>, isInCheckout: boolean): Rule {
  return {
    name: id,
    when: { kind: 'call', rule: id },
    action: { kind: 'called' },
    repo: null,
    env: {},
    secrets: [],
    pool: 'local',
    timeoutMs: run?.timeoutMs ?? usualTimeoutMs,
    // Nobody knows whether a command may be run twice, but who wrote the hook.
    retryLost: run?.retryLost ?? 0,
    keepLogMs: run?.keepLogsMs ?? null,
    trust: 'members',
    // Patches by strangers are their code; what a hooks file itself names is not.
    isolation: isInCheckout ? 'auto' : 'none',
    concurrency: run?.concurrency ?? null,
    report: [],
    schedule: null,
  };
}
