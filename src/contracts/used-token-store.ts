/** The use of a token that is good once. */
export interface UsedToken {
  readonly issuer: string;
  /** SHA-256 of what its issuer calls it, hex. */
  readonly hash: string;
  /** Until when it is remembered: it has to be good for nothing by then. */
  readonly expiresAt: number;
}

/** How many uses are remembered at a time. */
export interface UsedTokenLimits {
  readonly all: number;
  /** Of each issuer: none fills another one's room. */
  readonly ofIssuer: number;
}

/** What a store knows of tokens that are good once. */
export interface UsedTokenStore {
  /**
   * `new` to one of those who use it. `full`: so many are remembered, of all or of this issuer, that this one could not
   * be told from its copy later.
   */
  useToken(token: UsedToken, most: UsedTokenLimits, now: number): Promise<'new' | 'used' | 'full'>;
}
