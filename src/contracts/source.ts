import type { Authentication, Delivery } from '../domain/delivery.ts';
import type { NewEvent } from '../domain/event.ts';
import type { RunId } from '../domain/id.ts';
import type { Json } from '../domain/json.ts';
import type { Outcome } from '../domain/run.ts';
import type { StoredDelivery } from './store.ts';

/** What a source makes of a delivery. Receiving has no effects: storing is the engine's job. */
export type Received =
  /** Understood. `event.type` is `other`, with a `note`, when it asks for nothing (a ping): recorded, answered 2xx. */
  | { readonly result: 'accepted'; readonly event: NewEvent; readonly authentication: Authentication }
  | {
      readonly result: 'rejected';
      /** 400 unreadable · 401 not authenticated · 415 wrong media type · other 4xx; what a `Speech` has words for. */
      readonly status: number;
      /** One sentence for the operator. It is not sent to the caller: an attacker learns nothing from it. */
      readonly reason: string;
      readonly authentication: Authentication;
    };

/** A door plus its language. */
export interface HttpSource {
  readonly kind: 'http';
  readonly name: string;
  /** Where deliveries arrive on the public door: `/github`. With a `speech`, everything below it as well; empty: the whole door. */
  readonly path: string;
  /** Headers, in lower case, whose values would still work for whoever reads them later: only `receive` sees those. */
  readonly secretHeaders: readonly string[];
  /** How it answers callers that know another program's answers; null: as the door answers everyone. */
  readonly speech: Speech | null;
  /** Verifies the raw bytes before it parses them. Never throws, whatever the bytes. */
  receive(delivery: Delivery): Received;
  /** Hears of an accepted delivery when it is stored, for those who wait for such; null: nobody does. */
  readonly stored: ((delivery: Delivery) => void) | null;
}

/** An answer over HTTP, byte for byte. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What has become of a request, to be told in a source's own words. */
export type Told =
  /** It is stored, and its run will be seen to. */
  | { readonly result: 'started'; readonly run: RunId }
  /** The caller has waited; `outcome` null: longer than anybody may. */
  | {
      readonly result: 'waited';
      readonly run: RunId;
      readonly outcome: Outcome | null;
      readonly exitCode: number | null;
      /** What it printed, its first part where that is long. */
      readonly output: string;
    }
  /** It is stored, and no run is started. `reason`: why, where a rule could not be decided. */
  | { readonly result: 'idle'; readonly reason: string | null }
  /** `reason` null: it says more about this server than callers need to know. */
  | { readonly result: 'refused'; readonly status: number; readonly reason: string | null };

/** What to do with a request of which the head has come. */
export type Heard =
  | { readonly result: 'answer'; readonly reply: Reply }
  /**
   * A delivery; its body is read up to so many bytes, or, for 0, left unread: it will be refused. A longer one is refused as
   * well, or `cut`: then what was read is the delivery.
   */
  | {
      readonly result: 'delivery';
      readonly mostBodyBytes: number;
      readonly longer: 'refused' | 'cut';
      readonly waits: boolean;
    };

/** The language of a source that answers instead of another program: its callers understand no other. */
export interface Speech {
  /** At most so many requests below `path` are handled at a time; the next one is refused with 503 at once. Null: no limit. */
  readonly room: { readonly path: string; readonly requests: number } | null;
  /** Hears a request before its body is read. */
  hear(head: Omit<Delivery, 'body'>): Heard;
  tell(told: Told): Reply;
}

/** What a stream source has found. It is stored in one transaction with its position. */
export interface Found {
  readonly events: readonly NewEvent[];
  /** The bytes behind the event, which is then a single one; null where there are none. */
  readonly delivery: StoredDelivery | null;
  /** Where to go on from; undefined: from where it was before. */
  readonly position: Json | undefined;
}

/** A source that watches something. Events whose delivery id another source of the same name has brought are known. */
export interface StreamSource {
  readonly kind: 'stream';
  readonly name: string;
  /** Goes on from a stored position (null: from now) until the signal; throws when it cannot go on. */
  listen(position: Json, signal: AbortSignal): AsyncIterable<Found>;
}

/** How a stream stands that a source follows. Times are milliseconds since 1970. */
export interface StreamState {
  /** A knot's host, `jetstream`, `node`. */
  readonly name: string;
  readonly connected: boolean;
  /** How long the latest event took from its stream's clock to here; null: it did not say. */
  readonly lagMs: number | null;
  readonly lastEventAt: number | null;
  /** What could not be read, and was left out. */
  readonly skipped: number;
  /** What concerned nobody here: of repositories that nobody has asked for, or not to be understood. */
  readonly strangers: number;
  /** What stands in the way. */
  readonly problem: string | null;
}
