import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ErrorCode, errorCodes, SignalboxError } from '../domain/errors.ts';

export const problemType = 'application/problem+json';

/** What every refused request is answered with, in the shape of RFC 9457. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  /** One sentence for people: what is wrong, and how to mend it. */
  readonly detail?: string | undefined;
  readonly code?: ErrorCode | undefined;
}

export const problemSchema: z.ZodType<Problem> = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.enum(errorCodes).optional(),
  })
  .meta({ id: 'Problem' });

/** The one table from our words to HTTP's. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  overloaded: 503,
  unavailable: 503,
  corrupt: 500,
  internal: 500,
};

/** When a 503 that names no time of its own may be tried again. */
const laterMs = 10_000;

/** The body for a status; without `more` the same bytes for everyone. */
export function problem(status: number, more: Pick<Problem, 'detail' | 'code'> = {}): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Refused', status, ...more };
}

/** What an error means over HTTP. Our own mistakes carry no detail: they belong into our logs. */
export function failure(error: unknown): {
  readonly status: number;
  readonly more: Pick<Problem, 'detail' | 'code'>;
  readonly retryAfterMs: number | undefined;
} {
  const refused = refusedByFramework(error);
  if (refused !== undefined)
    return { status: refused.status, more: { detail: refused.detail }, retryAfterMs: undefined };
  const { code, message, retryAfterMs } = SignalboxError.from(error);
  const status = statusOf[code];
  return { status, more: status === 500 ? {} : { detail: message, code }, retryAfterMs };
}

/** Sends a problem; a 503 always says when to come back. */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  more: Pick<Problem, 'detail' | 'code'> = {},
  retryAfterMs: number | undefined = status === 503 ? laterMs : undefined,
): FastifyReply {
  if (retryAfterMs !== undefined) void reply.header('retry-after', Math.ceil(retryAfterMs / 1000));
  // As text: a body that says no must not be able to fail in a serialiser.
  return reply
    .code(status)
    .type(problemType)
    .send(JSON.stringify(problem(status, more)));
}

/** Requests that the framework itself finds unreadable: too large, not JSON, cut off. */
function refusedByFramework(error: unknown): { status: number; detail: string } | undefined {
  if (error instanceof SignalboxError || !(error instanceof Error) || !('statusCode' in error))
    return undefined;
  const { statusCode: status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  return { status, detail: error.message };
}
