export type Field = readonly [name: string, value: string];

/** A request as it came. */
export interface HttpRequest {
  /** What names it in the log. */
  readonly id: string;
  readonly method: string;
  /** As sent, one character per byte. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** In their order and spelling, one character per byte. */
  readonly headers: readonly Field[];
  /** Null: it came over a unix socket. */
  readonly peer: { readonly address: string; readonly port: number } | null;
  /** Aborts when the connection is gone, or the answer is out. Who says no more may still read, so that is no sign. */
  readonly gone: AbortSignal;
  /** Reads the body; a sender that waits to be asked for it is asked now. May be called once. */
  readonly readBody: (mostBytes: number) => Promise<Body>;
  /** Says that the body is not needed any more, so that others may come into its room. */
  readonly bodyDone: () => void;
}

export type Body =
  | { readonly result: 'whole'; readonly bytes: Uint8Array }
  /** The connection or the framing broke before its end; this is what came. */
  | { readonly result: 'cut'; readonly bytes: Uint8Array }
  | { readonly result: 'too long' };

export interface HttpAnswer {
  readonly status: number;
  /** A status that is sent before it, with `headers`; null: none is. */
  readonly informational: number | null;
  /** In their order. `Date` and `Connection` are added where they are missing. */
  readonly headers: readonly Field[];
  /** What is said of the body; it goes behind `Date`. A body without `Content-Length` is sent in chunks. */
  readonly aboutBody: readonly Field[];
  /** As for GET: of the answer to HEAD only the headers are sent. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** `bad request`: not even worth a proper answer; the connection ends with a bare 400. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer | 'bad request'>;
