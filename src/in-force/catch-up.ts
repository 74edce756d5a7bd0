import type { Config } from '../config/config.ts';
import type { Condition } from '../domain/condition.ts';
import type { CatchUpSettings } from '../sources/github/catch-up/settings.ts';

/** What the configuration says about catching up with GitHub; null when there is no token to ask with. */
export function githubCatchUp(config: Config): CatchUpSettings | null {
  const { github, rules, limits } = config;
  if (github === null || github.token === null) return null;
  return {
    ...github.catchUp,
    token: github.token,
    api: github.api,
    hookUrl: config.public.url === null ? null : `${config.public.url}/github`,
    ruledRepositories: [...new Set(rules.flatMap(({ when }) => namedRepositories(when)))],
    mostBytes: limits.bodyBytes,
  };
}

/** Repositories that a condition names without any pattern. */
function namedRepositories(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(namedRepositories);
    case 'repo':
      return condition.patterns.filter(pattern => /^[\w.-]+\/[\w.-]+$/.test(pattern));
    case 'not':
    case 'type':
    case 'action':
    case 'listener':
    case 'branch':
    case 'paths':
    case 'expression':
    case 'commit':
    case 'call':
    case 'workflows':
    case 'interpreter':
      return [];
  }
}
