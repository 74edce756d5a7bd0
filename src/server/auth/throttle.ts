import type { Clock } from '../../contracts/clock.ts';

/** More wrong proofs than a person's typing mistakes explain. */
const allowed = 20;
const windowMs = 60_000;
/** Addresses that are remembered; beyond that the one remembered longest is forgotten. */
const mostPeers = 10_000;

/** Counts wrong proofs of identity by address, in bounded memory. */
export interface Throttle {
  /** Notes one more; returns how long this address should stay away, 0 while it is within bounds. */
  wrong(peer: string): number;
}

export function createThrottle(needs: { readonly clock: Clock }): Throttle {
  const counts = new Map<string, { readonly until: number; wrong: number }>();
  return {
    wrong: peer => {
      const now = needs.clock.now();
      const known = counts.get(peer);
      if (known !== undefined && known.until > now) {
        known.wrong += 1;
        return known.wrong > allowed ? known.until - now : 0;
      }
      counts.delete(peer);
      const [oldest] = counts.keys();
      if (counts.size >= mostPeers && oldest !== undefined) counts.delete(oldest);
      counts.set(peer, { until: now + windowMs, wrong: 1 });
      return 0;
    },
  };
}
