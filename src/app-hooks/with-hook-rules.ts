import type { Rule } from '../domain/rule.ts';
import type { Hook } from '../sources/hooks/hook.ts';
import { hookRule } from '../sources/hooks/hook-rule.ts';

/** All rules, with one for each hook; of an id that is there twice the first answers. Every event asks: made when either is new. */
export function withHookRules(
  rules: () => readonly Rule[],
  hooks: (() => readonly Hook[]) | undefined,
): () => readonly Rule[] {
  if (hooks === undefined) return rules;
  let made:
    | { readonly from: readonly [readonly Rule[], readonly Hook[]]; readonly all: readonly Rule[] }
    | undefined;
  return () => {
    const from = [rules(), hooks()] as const;
    if (made === undefined || made.from[0] !== from[0] || made.from[1] !== from[1]) {
      const first = new Map(from[1].toReversed().map(hook => [hook.id, hook]));
      made = { from, all: [...from[0], ...[...first.values()].map(hook => hookRule(hook, false))] };
    }
    return made.all;
  };
}
