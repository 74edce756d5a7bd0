import type { Clock } from '../../contracts/clock.ts';
import type { Session, SessionStore } from '../../contracts/session-store.ts';
import { hashSecret, newSecret } from './secret.ts';

/** Secrets that stand in for a token until they expire or are taken back, over restarts, and at every control plane. */
export interface ExpiringSecrets {
  /** Makes one for the token with this hash. */
  issue(token: string): Promise<{ readonly secret: string; readonly expiresAt: number }>;
  /** The hash of the token that it stands in for; undefined when it is unknown or expired. */
  tokenOf(secret: string): Promise<string | undefined>;
  /** Like `tokenOf`, and the secret is gone afterwards. */
  take(secret: string): Promise<string | undefined>;
}

/** When there are more than `most`, the oldest go. */
export function createExpiringSecrets(
  { store, clock }: { readonly store: SessionStore; readonly clock: Pick<Clock, 'now'> },
  { kind, lifeMs, most }: { readonly kind: Session['kind']; readonly lifeMs: number; readonly most: number },
): ExpiringSecrets {
  return {
    issue: async token => {
      const secret = newSecret();
      const now = clock.now();
      const expiresAt = now + lifeMs;
      await store.addSession({ kind, hash: hashSecret(secret), token, expiresAt }, most, now);
      return { secret, expiresAt };
    },
    // Found by its hash: how long that takes says nothing about the secret.
    tokenOf: async secret => (await store.session(kind, hashSecret(secret), clock.now()))?.token,
    take: async secret => (await store.endSession(kind, hashSecret(secret), clock.now()))?.token,
  };
}
