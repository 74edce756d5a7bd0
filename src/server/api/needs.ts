import type { ExpiringSecrets } from '../auth/expiring-secrets.ts';
import type { ServerNeeds } from '../needs.ts';
import type { FeedFrames } from '../stream/feed-frames.ts';

/** What endpoints may use: the house, and what the admin door itself holds. */
export interface ApiNeeds extends ServerNeeds {
  readonly signInLinks: ExpiringSecrets;
  readonly sessions: ExpiringSecrets;
  readonly feedFrames: FeedFrames;
  /** Where forges reach the public door; null before it is open. */
  readonly publicUrl: () => string | null;
  /** Where people reach the admin door; links begin with it. */
  readonly adminUrl: () => string;
}
