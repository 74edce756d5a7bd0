import type { Authentication, Delivery } from '../domain/delivery.ts';
import type { NewEvent } from '../domain/event.ts';
import type { Json } from '../domain/json.ts';
import type { StoredDelivery } from './store.ts';

/** What a source makes of a delivery. Receiving has no effects: storing is the engine's job. */
export type Received =
  /** Understood. `event.type` is `other`, with a `note`, when it asks for nothing (a ping): recorded, answered 2xx. */
  | { readonly result: 'accepted'; readonly event: NewEvent; readonly authentication: Authentication }
  | {
      readonly result: 'rejected';
      /** 400 unreadable · 401 not authenticated · 415 wrong media type · other 4xx. */
      readonly status: number;
      /** One sentence for the operator. It is not sent to the caller: an attacker learns nothing from it. */
      readonly reason: string;
      readonly authentication: Authentication;
    };

/** A door plus its language. */
export interface HttpSource {
  readonly kind: 'http';
  readonly name: string;
  /** Where deliveries arrive on the public door: `/github`. */
  readonly path: string;
  /** Headers, in lower case, whose values would still work for whoever reads them later: only `receive` sees those. */
  readonly secretHeaders: readonly string[];
  /** Verifies the raw bytes before it parses them. Never throws, whatever the bytes. */
  receive(delivery: Delivery): Received;
}

/** What a stream source has found. It is stored in one transaction with its position. */
export interface Found {
  readonly events: readonly NewEvent[];
  /** The bytes behind the event, which is then a single one; null where there are none. */
  readonly delivery: StoredDelivery | null;
  /** Where to go on from. */
  readonly position: Json;
}

/** A source that watches something. Events whose delivery id another source of the same name has brought are known. */
export interface StreamSource {
  readonly kind: 'stream';
  readonly name: string;
  /** Goes on from a stored position (null: from now) until the signal; throws when it cannot go on. */
  listen(position: Json, signal: AbortSignal): AsyncIterable<Found>;
}
