import type { Talker } from '../socket/talker.ts';
import type { Page } from './page.ts';

/** A request at a route, as far as routes care. */
export interface Asked {
  /** What stands for the pattern's placeholders. */
  readonly values: readonly string[];
  readonly query: URLSearchParams;
  readonly authorization: string | null;
  /** The body; undefined when it is longer. Rejects when the client goes away. */
  read(mostBytes: number): Promise<Uint8Array | undefined>;
}

export type Route =
  | { readonly kind: 'page'; readonly answer: (asked: Asked) => Promise<Page> | Page }
  /** A WebSocket; what stands against it is said before it opens. */
  | { readonly kind: 'socket'; readonly open: (asked: Asked) => Promise<Opened> | Opened }
  /** Somebody else at this door takes it; `missing`, when nobody does. */
  | { readonly kind: 'elsewhere'; readonly missing: Page };

export type Opened =
  | { readonly result: 'refused'; readonly page: Page }
  /** `talk` never rejects. It may say goodbye; when it has ended, the connection ends. */
  | { readonly result: 'open'; readonly talk: (talker: Talker) => Promise<void> };
