import type { Api } from './api.ts';
import { type Watched, watched } from './state.ts';

/** How long the runs of rules usually take. */
export interface Medians {
  /** Milliseconds; null until it is known, and for rules that have not run. Asked for anew now and then. */
  of(rule: string): Watched<number | null>;
}

/** Fifty runs make a median: one more changes it little. */
const keepMs = 60_000;

export function createMedians(api: Pick<Api, 'medianMs'>): Medians {
  const known = new Map<string, { readonly value: Watched<number | null>; askedAt: number }>();
  return {
    of(rule) {
      const found = known.get(rule) ?? {
        value: watched<number | null>(null),
        askedAt: Number.NEGATIVE_INFINITY,
      };
      known.set(rule, found);
      if (Date.now() - found.askedAt > keepMs) {
        found.askedAt = Date.now();
        // Without it a duration stands alone.
        void api.medianMs(rule).then(
          median => found.value.set(median),
          () => undefined,
        );
      }
      return found.value;
    },
  };
}
