import { createHash } from 'node:crypto';
import type { UsedTokenLimits, UsedTokenStore } from '../../../contracts/used-token-store.ts';

/** Which tokens have been used, each until it is good for nothing anyway. */
export interface UsedTokens {
  /** `full`: so many are remembered, of all or of this issuer, that this one could not be told from its copy later. */
  take(issuer: string, id: string, expiresAt: number): ReturnType<UsedTokenStore['useToken']>;
}

const mostUsed: UsedTokenLimits = {
  /** Of tokens that live for some minutes: a hundred calls a second, each by somebody who has signed it. */
  all: 30_000,
  /** A person does not click that often; whoever signs more tokens than that fills nobody else's room. */
  ofIssuer: 300,
};

/** By its clock another control plane may still take what has expired here. */
const clocksDifferMs = 30_000;

export function createUsedTokens(
  store: UsedTokenStore,
  now: () => number,
  most: UsedTokenLimits = mostUsed,
): UsedTokens {
  return {
    take: (issuer, id, expiresAt) =>
      store.useToken(
        // A name may be long, and hold what no name should.
        {
          issuer,
          hash: createHash('sha256').update(id).digest('hex'),
          expiresAt: expiresAt + clocksDifferMs,
        },
        most,
        now(),
      ),
  };
}
