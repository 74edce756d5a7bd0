import type { Event } from './event.ts';
import { repoSecretsOf } from './repo-secrets.ts';
import type { Action, Rule } from './rule.ts';
import { isForeign } from './verdict.ts';

/** The names of the secrets that a run of a rule gets, and of those that it does not, being strangers' code. */
export function secretsOf(
  rule: Rule,
  event: Event,
  { action, isBlocked }: { readonly action: Action; readonly isBlocked: boolean },
): { readonly secrets: readonly string[]; readonly withheld: readonly string[] } {
  const { pipeline } = event;
  // Approving it is somebody's word for this very commit; `trust: anyone` is nobody's.
  const unvouched = event.target === null && isForeign(event) && !isBlocked && !hasEverything(rule);
  const ofRepo = action.kind === 'workflow' && pipeline !== null ? [repoSecretsOf(pipeline.repo)] : [];
  // Whoever starts or approves it: the secrets of a repository are for its own code.
  const isOwn = !unvouched && (pipeline?.sourceRepo ?? null) === null;
  return {
    secrets: [...(unvouched ? [] : rule.secrets), ...(isOwn ? ofRepo : [])],
    withheld: [...(unvouched ? rule.secrets : []), ...(isOwn ? [] : ofRepo)],
  };
}

/** An adapter that anybody may start and nothing keeps apart is told its secrets: the machine it runs on is open anyway. */
const hasEverything = ({ action, trust, isolation }: Rule): boolean =>
  action.kind === 'adapter' && trust === 'anyone' && isolation === 'none';
