import type { Values } from '../value.ts';

/** A request as it came, before any hook looks at it. */
export interface HookRequest {
  readonly method: string;
  /** In their order; one character per byte, as Node reads them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What stands behind the question mark, as sent. */
  readonly query: string;
  readonly body: Uint8Array;
  /** False when the connection ended before the announced length. */
  readonly complete: boolean;
  /** Null: it came over a unix socket. */
  readonly peer: { readonly address: string; readonly port: number } | null;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** A request as one hook reads it. */
export interface ReadRequest {
  readonly method: string;
  /** `address:port`, as rules and commands see it. */
  readonly peer: string;
  /** All headers as they came, several of one name too. */
  readonly fields: HookRequest['headers'];
  readonly headers: Values;
  readonly query: Values;
  /** What stands in its path for the parameters of the hook's id. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Read when it is looked at first. */
  readonly payload: Values;
  /** Empty when the body is multipart. */
  readonly body: Uint8Array;
  /** What signatures are computed over. */
  readonly signed: Uint8Array;
  readonly receivedAt: number;
  /** What could not be read so far, for the log: it rejects nothing. */
  readonly problems: readonly string[];
}
