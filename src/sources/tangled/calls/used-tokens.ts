/** Which tokens have been used, each until it is good for nothing anyway. */
export interface UsedTokens {
  /** `full`: so many are remembered, of all or of this issuer, that this one could not be told from its copy later. */
  take(issuer: string, id: string, expiresAt: number): 'new' | 'used' | 'full';
}

/** Of tokens that live for some minutes: a hundred calls a second, each by somebody who has signed it. */
const mostRemembered = 30_000;
/** A person does not click that often; whoever signs more tokens than that fills nobody else's room. */
const mostOfOne = 300;

export function createUsedTokens(
  now: () => number,
  most: number = mostRemembered,
  mostOfEach: number = mostOfOne,
): UsedTokens {
  const used = new Map<string, Map<string, number>>();
  let size = 0;

  function forget(issuer: string, its: Map<string, number>): void {
    for (const [id, until] of its) if (until <= now() && its.delete(id)) size -= 1;
    if (its.size === 0) used.delete(issuer);
  }

  return {
    take(issuer, id, expiresAt) {
      const before = used.get(issuer);
      if ((before?.get(id) ?? 0) > now()) return 'used';
      if (before !== undefined && before.size >= mostOfEach) forget(issuer, before);
      if (size >= most) for (const [each, its] of used) forget(each, its);
      const its = used.get(issuer) ?? new Map<string, number>();
      if (size >= most || its.size >= mostOfEach) return 'full';
      if (!its.has(id)) size += 1;
      its.set(id, expiresAt);
      used.set(issuer, its);
      return 'new';
    },
  };
}
