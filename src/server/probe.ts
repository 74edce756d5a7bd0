import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';

/** Health is asked for by strangers too: the store is looked at once in this time, however many ask. */
const freshMs = 1_000;

/** A question whether the store answers. */
export type Probe = () => Promise<boolean>;

export function createProbe(needs: { readonly store: Pick<Store, 'counts'>; readonly clock: Clock }): Probe {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<boolean> = Promise.resolve(false);
  return () => {
    const now = needs.clock.now();
    if (Math.abs(now - askedAt) >= freshMs) {
      askedAt = now;
      answer = needs.store.counts().then(
        () => true,
        () => false,
      );
    }
    return answer;
  };
}
