import type { Clock } from '../../contracts/clock.ts';
import { hashSecret, newSecret } from './secret.ts';

/** Secrets that live in memory, hashed, until they expire, are taken back, or the process ends. */
export interface ExpiringSecrets {
  issue(owner: string): { readonly secret: string; readonly expiresAt: number };
  /** Whose it is; undefined when it is unknown or expired. */
  ownerOf(secret: string): string | undefined;
  /** Like `ownerOf`, and the secret is gone afterwards. */
  take(secret: string): string | undefined;
  /** Takes back all of an owner. */
  forget(owner: string): void;
}

/** When there are more than `most`, the oldest go. */
export function createExpiringSecrets(
  needs: { readonly clock: Clock },
  options: { readonly lifeMs: number; readonly most: number },
): ExpiringSecrets {
  // By hash: a lookup's time says nothing about a secret. In order of issue, and so of expiry.
  const held = new Map<string, { readonly owner: string; readonly expiresAt: number }>();

  const ownerOf = (hash: string): string | undefined => {
    const found = held.get(hash);
    return found !== undefined && found.expiresAt > needs.clock.now() ? found.owner : undefined;
  };

  return {
    issue: owner => {
      const [oldest] = held.keys();
      if (held.size >= options.most && oldest !== undefined) held.delete(oldest);
      const secret = newSecret();
      const expiresAt = needs.clock.now() + options.lifeMs;
      held.set(hashSecret(secret), { owner, expiresAt });
      return { secret, expiresAt };
    },
    ownerOf: secret => ownerOf(hashSecret(secret)),
    take: secret => {
      const hash = hashSecret(secret);
      const owner = ownerOf(hash);
      held.delete(hash);
      return owner;
    },
    forget: owner => {
      for (const [hash, its] of held) if (its.owner === owner) held.delete(hash);
    },
  };
}
