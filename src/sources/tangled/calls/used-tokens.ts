/** Which tokens have been used, each until it is good for nothing anyway. */
export interface UsedTokens {
  /** `full`: so many are remembered that this one could not be told from its copy later. */
  take(token: string, expiresAt: number): 'new' | 'used' | 'full';
}

/** Of tokens that live for some minutes: a hundred calls a second, each by somebody who has signed it. */
const mostRemembered = 30_000;

export function createUsedTokens(now: () => number, most: number = mostRemembered): UsedTokens {
  const used = new Map<string, number>();
  return {
    take(token, expiresAt) {
      if ((used.get(token) ?? 0) > now()) return 'used';
      if (used.size >= most) for (const [each, until] of used) if (until <= now()) used.delete(each);
      if (used.size >= most) return 'full';
      used.set(token, expiresAt);
      return 'new';
    },
  };
}
