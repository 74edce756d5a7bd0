import type { DeliveryId } from './id.ts';

/** How the sender proved who it is; kept with the delivery and shown to admins. */
export type Authentication =
  | {
      readonly result: 'verified';
      readonly by: string /** Which of several secrets matched, by its place: `1 of 2`. */;
      readonly secret: string;
    }
  | { readonly result: 'refused'; readonly by: string; readonly reason: string }
  | { readonly result: 'not required'; readonly reason: string }
  /** Nothing was sent: it was fetched from the forge's own API, at `from`, over the configured token. No signature was checked. */
  | { readonly result: 'fetched'; readonly from: string };

/** What arrived at a door: bytes untouched, header names in lower case, in the order they came. */
export interface Delivery {
  readonly id: DeliveryId;
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** The socket's address; never taken from a header. */
  readonly peer: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** A delivery that was answered 4xx: what is kept of it is enough to see what went wrong, not its body. */
export interface RefusedDelivery {
  readonly delivery: Omit<Delivery, 'body'>;
  readonly bodyBytes: number;
  /** SHA-256 of the body, hex. */
  readonly bodyHash: string;
  readonly status: number;
  readonly reason: string;
  readonly authentication: Authentication;
}

/** First value of a header, or undefined. `name` in lower case. */
export function header(delivery: Pick<Delivery, 'headers'>, name: string): string | undefined {
  return delivery.headers.find(([key]) => key === name)?.[1];
}

/** What may be kept and shown of a delivery: without the values of these headers, whose names are in lower case. */
export function concealed(delivery: Delivery, secretHeaders: readonly string[]): Delivery {
  const headers = delivery.headers.map(
    ([name, value]) => [name, secretHeaders.includes(name) ? '***' : value] as const,
  );
  return { ...delivery, headers };
}
