import { type ErrorCode, SignalboxError } from '../../domain/errors.ts';
import type { OperationName } from '../operations.ts';

/**
 * What the thread that owns the database is told. Inputs and outputs are those of the operation, which `Engine.call`
 * has seen to: they are `unknown` to who sends them and, being what the receiver needs, `never` to who receives them.
 */
export type ToWorker<Input> =
  | { readonly kind: 'calls'; readonly calls: readonly Call<Input>[] }
  /** Answer what was called so far, close the database, end. */
  | { readonly kind: 'close' };

/** What that thread says. */
export type FromWorker<Output> =
  | { readonly kind: 'open' }
  | { readonly kind: 'not open'; readonly error: SentError }
  | { readonly kind: 'answers'; readonly answers: readonly Answer<Output>[] };

export interface Call<Input> {
  readonly id: number;
  readonly name: OperationName;
  readonly input: Input;
}

export type Answer<Output> =
  | { readonly id: number; readonly result: 'done'; readonly output: Output }
  | { readonly id: number; readonly result: 'failed'; readonly error: SentError };

/** An error between threads; structured cloning would forget its class. */
export interface SentError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly cause: unknown;
}

export function sendable(error: SignalboxError): SentError {
  const { code, message, cause } = error;
  // Of a cause only its text is sure to be cloneable, and it is only for logs.
  return { code, message, cause: cause instanceof Error ? cause.stack : undefined };
}

export function received({ code, message, cause }: SentError): SignalboxError {
  return new SignalboxError(code, message, { cause });
}
