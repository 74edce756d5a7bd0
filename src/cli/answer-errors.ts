import { z } from 'zod';
import { type ErrorCode, errorCodes, SignalboxError } from '../domain/errors.ts';
import type { ServerAddress } from './server-address.ts';
import { cut, visible } from './text.ts';

/** The part of a problem document (RFC 9457) that people need. */
const problem = z.object({
  detail: z.string().optional(),
  code: z.enum(errorCodes).optional().catch(undefined),
});

/** Enough for any sentence; what a hostile server says beyond it is not worth reading. */
const longestSentence = 600;

/** The error behind an answer that is not 2xx. */
export function refusal(server: ServerAddress, response: Response, body: string): SignalboxError {
  const { status } = response;
  if (status >= 300 && status < 400) {
    const to = visible(response.headers.get('location') ?? 'nowhere');
    return new SignalboxError(
      'invalid',
      `${server.admin} redirects to ${cut(to, longestSentence)}: redirects are not followed, give the right address with --url`,
    );
  }
  const said = problem.safeParse(parsed(body));
  const detail =
    said.success && said.data.detail !== undefined ? cut(visible(said.data.detail), longestSentence) : null;
  const code = (said.success ? said.data.code : undefined) ?? codeOf(status);
  if (code === 'unauthenticated') return new SignalboxError(code, denied(server, detail));
  return new SignalboxError(code, detail ?? `${server.admin} answered ${status}`);
}

function denied({ admin, token }: ServerAddress, detail: string | null): string {
  const give =
    'give one with SIGNALBOX_TOKEN or --token, or name the data directory of the server with --data';
  return token === null
    ? `${admin} wants a token: ${give}`
    : `${admin} refuses the token (${detail ?? 'without a word'}): ${give}`;
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 409) return 'conflict';
  if (status === 413) return 'too_large';
  if (status === 429) return 'overloaded';
  return status < 500 ? 'invalid' : 'unavailable';
}

/** The error when there was no (complete) answer at all. */
export function noAnswer(address: string, error: unknown): SignalboxError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (error instanceof Error && error.name === 'TimeoutError')
    return new SignalboxError('unavailable', `${address} takes too long to answer: is it overloaded?`, {
      cause,
    });
  if (code === 'ECONNREFUSED')
    return new SignalboxError(
      'unavailable',
      `no server answers at ${address}: start one with "signalbox serve", or name the address of another`,
      { cause },
    );
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SignalboxError(
    'unavailable',
    `cannot talk to ${address}: ${cut(visible(why), longestSentence)}`,
    { cause },
  );
}

/** The error when an answer came that no signalbox gives. */
export function foreign(address: string, what: string): SignalboxError {
  return new SignalboxError(
    'corrupt',
    `${address} does not answer like a signalbox of this version (${cut(visible(what), longestSentence)}): is it the admin address?`,
  );
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
