/**
 * The one error that crosses rooms. `code` is from a closed list, the message is one sentence for people
 * (what, where, how to mend it), `cause` is kept for logs and never sent to a client.
 */
export const errorCodes = [
  'invalid', // the caller's input cannot be used as it is
  'unauthenticated', // no or a wrong proof of identity
  'forbidden', // known, and not allowed
  'not_found',
  'conflict', // not possible in the present state
  'too_large', // over a limit
  'overloaded', // try again later
  'unavailable', // a part that is needed does not answer
  'corrupt', // stored data cannot be read
  'internal', // our own mistake
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export class SignalboxError extends Error {
  override readonly name = 'SignalboxError';
  readonly code: ErrorCode;
  /** Whether the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean;
  /** Milliseconds to wait before trying again, when the other side said so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.retryable = code === 'overloaded' || code === 'unavailable';
    this.retryAfterMs = options.retryAfterMs;
  }

  /** The error itself when it is one of ours, else `internal` with the original as cause. */
  static from(error: unknown): SignalboxError {
    if (error instanceof SignalboxError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new SignalboxError('internal', message, { cause: error });
  }
}
