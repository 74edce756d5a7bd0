import type { Reported } from '../contracts/reporter.ts';
import type { RunId } from '../domain/id.ts';
import { describe, type Report } from '../domain/report.ts';
import { askedWaitMs } from '../lib/asked-wait.ts';
import type { GuardedRequest } from '../lib/guarded-fetch.ts';
import { noAnswer } from '../lib/no-answer.ts';
import { NotPublicError } from '../lib/public-lookup.ts';
import { readSome } from '../lib/read-some.ts';

/** What every reporter of commit statuses is made with. */
export interface ForgeOptions {
  readonly token: string;
  /** Base address of the forge's API. */
  readonly api: string;
  /** The page of a run for people; null when there is none that the forge's users can open. */
  readonly runUrl: ((run: RunId) => string) | null;
}

/** Nothing is said to a forge of a run without a commit. */
export const noCommit: Reported = {
  result: 'refused',
  error: 'the run has no commit that a forge could show',
};

/** One request that tells a forge something. */
export interface Telling {
  /** The forge as people call it: `GitHub`. */
  readonly forge: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; as a text where its very bytes are signed. */
  readonly body: object | string;
  /** The token that `headers` or `url` hold; hidden in all that is told about the answer. */
  readonly secret: string;
  /** Why such an answer is a no for good, for the person who has to mend it; null when it is a yes after all. */
  readonly refusal: (status: number, message: string) => string | null;
}

/** A forge that has not answered by then is tried again later; others wait behind it. */
const timeoutMs = 10_000;
/** Answers are a few hundred bytes; of a longer one the rest is not read. */
const longestAnswerBytes = 64 * 1024;
/** As for what headers say: nobody is believed who names a longer wait than a day. */
const longestWaitS = 86_400;
/** GitHub refuses longer descriptions, and nobody reads them elsewhere. */
const longestDescription = 140;

/** Posts it once, follows no redirect, and says what the answer means for the outbox. Never throws. */
export async function tell(
  telling: Telling,
  signal: AbortSignal,
  send: (url: string, request: GuardedRequest & { readonly redirect: 'manual' }) => Promise<Response> = fetch,
): Promise<Reported> {
  const { forge, secret } = telling;
  const hide = (text: string): string => (secret === '' ? text : text.replaceAll(secret, '…'));
  try {
    const answer = await send(telling.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'signalbox', ...telling.headers },
      body: typeof telling.body === 'string' ? telling.body : JSON.stringify(telling.body),
      redirect: 'manual', // the token goes nowhere else
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return judge(telling, answer, hide(await readSome(answer, longestAnswerBytes)));
  } catch (error) {
    if (error instanceof NotPublicError) return { result: 'refused', error: error.message };
    return {
      result: 'retry',
      error: hide(`${forge} did not answer: ${noAnswer(error, timeoutMs)}`),
      afterMs: null,
    };
  }
}

/** Whether it is a repository's name, of at most so many parts, none of which leads elsewhere in a URL. */
export function isRepositoryName(name: string, mostParts: number): boolean {
  const parts = name.split('/');
  return (
    parts.length >= 2 && parts.length <= mostParts && parts.every(part => /^(?!\.+$)[\w.-]+$/.test(part))
  );
}

export const isCommitId = (sha: string): boolean => /^[0-9a-f]+$/.test(sha);

export const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** What a status says in words, and where to look. */
export function wordsOf(
  { status, run }: Report,
  runUrl: ForgeOptions['runUrl'],
): { readonly description: string; readonly target_url?: string } {
  return { description: cut(describe(status)), ...(runUrl === null ? {} : { target_url: runUrl(run) }) };
}

/** One line, no longer than forges take; no character is cut in half. */
function cut(text: string): string {
  const characters = Array.from(text.replace(/[\s\p{Cc}]+/gu, ' ').trim());
  return characters.length <= longestDescription
    ? characters.join('')
    : `${characters.slice(0, longestDescription - 1).join('')}…`;
}

/** What an answer means for the outbox, and for the person who has to mend it. */
function judge({ forge, refusal }: Telling, answer: Response, body: string): Reported {
  const { status } = answer;
  const said = fieldsOf(body);
  const message = typeof said['message'] === 'string' ? cut(said['message']) : '';
  const explained = message === '' ? '' : ` (${message})`;
  if (answer.ok) return { result: 'sent' };
  const limited =
    status === 429 ||
    (status === 403 &&
      (answer.headers.has('retry-after') ||
        answer.headers.get('x-ratelimit-remaining') === '0' ||
        /rate limit/i.test(message)));
  if (limited || status === 408 || status >= 500)
    return {
      result: 'retry',
      error: `${forge} answered ${status}${limited ? ': its rate limit is used up' : ''}${explained}`,
      afterMs: askedWaitMs(answer.headers) ?? waitIn(said),
    };
  const why = refusal(status, message);
  return why === null
    ? { result: 'sent' }
    : { result: 'refused', error: `${forge} answered ${status}: ${why}${explained}` };
}

/** What a JSON answer says; nothing where it is a page of some proxy, which explains nothing. */
function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** Discord says in the body how long to wait, in seconds. */
function waitIn({ retry_after: seconds }: Readonly<Record<string, unknown>>): number | null {
  return typeof seconds === 'number' && seconds >= 0 && seconds <= longestWaitS
    ? Math.ceil(seconds * 1000)
    : null;
}
