import { noAnswer } from '../lib/no-answer.ts';
import { readSome } from '../lib/read-some.ts';
import { shownToken } from '../lib/shown-token.ts';

/** Lightspeed's admin server, and what it is shown. */
export interface AdminServer {
  /** Without a slash at the end. */
  readonly admin: string;
  readonly token: string | null;
  /** Where the token is, if nowhere else. */
  readonly tokenFile: string | null;
}

export type AdminAnswer =
  | { readonly result: 'answered'; readonly status: number; readonly said: string }
  /** Nobody is there, or our token does not count: both may pass. */
  | { readonly result: 'unheard'; readonly reason: string };

/** Enough to say why not. */
const longestAnswerBytes = 4 * 1024;
/** Too many wrong tokens are answered 429. */
const denied: readonly number[] = [401, 403, 429];

/** Posts to the admin server, with the token where there is one. Never throws. */
export async function askAdminServer(
  server: AdminServer,
  path: string,
  message: { readonly headers: readonly (readonly [string, string])[]; readonly body: string | Buffer },
  withinMs: number,
  signal: AbortSignal,
): Promise<AdminAnswer> {
  const { admin } = server;
  try {
    const token = await shownToken(server);
    const headers = new Headers(message.headers.map(([name, value]): [string, string] => [name, value]));
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    const answer = await fetch(`${admin}${path}`, {
      method: 'POST',
      headers,
      body: message.body,
      redirect: 'manual', // the token goes nowhere else
      signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
    });
    const { status } = answer;
    const said = await readSome(answer, longestAnswerBytes);
    return denied.includes(status)
      ? {
          result: 'unheard',
          reason: `the admin server at ${admin} does not take our token: start both with the same SIGNALBOX_TOKEN`,
        }
      : { result: 'answered', status, said };
  } catch (error) {
    return {
      result: 'unheard',
      reason: `the admin server at ${admin} does not answer: ${noAnswer(error, withinMs)}`,
    };
  }
}

/** Whether an answer of that status means that it is stored there. */
export const isTaken = (status: number): boolean => status >= 200 && status < 300;
