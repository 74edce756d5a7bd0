/** What stands in for a token for a while: a browser's session, or a link that begins one. Both secrets are stored hashed. */
export interface Session {
  readonly kind: 'session' | 'link';
  /** SHA-256 of its secret, hex. */
  readonly hash: string;
  /** SHA-256 of the token that it stands in for, hex: it is worth as much as that one is. */
  readonly token: string;
  readonly expiresAt: number;
}

/** What a store knows of them. One that has expired is not there. */
export interface SessionStore {
  /** The oldest of its kind go where there are more than `most`. */
  addSession(session: Session, most: number, now: number): Promise<void>;
  session(kind: Session['kind'], hash: string, now: number): Promise<Session | undefined>;
  /** Returns it to one of those who end it. */
  endSession(kind: Session['kind'], hash: string, now: number): Promise<Session | undefined>;
}
