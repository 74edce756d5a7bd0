import type { VerdictWord } from '../../src/domain/verdict.ts';

const order: readonly VerdictWord[] = ['matched', 'blocked', 'error', 'not matched'];

/** Rules that did something before those that did not; otherwise as they stand in the configuration. */
export function decisiveFirst<V extends { readonly verdict: VerdictWord }>(
  verdicts: readonly V[],
): readonly V[] {
  return verdicts.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}
