import type { Reported, Reporter } from '../contracts/reporter.ts';
import type { RunId } from '../domain/id.ts';
import { describe, type Report } from '../domain/report.ts';
import type { RunStatus } from '../domain/run.ts';

/** A forge that has not answered by then is tried again later; others wait behind it. */
const timeoutMs = 10_000;
/** Answers are a few hundred bytes; of a longer one the rest is not read. */
const longestAnswerBytes = 64 * 1024;
/** GitHub refuses longer descriptions. */
const longestDescription = 140;
/** Rate limits are over within the hour; nobody is believed who names a longer wait than this. */
const longestWaitMs = 24 * 3_600_000;

/** `owner/name`, neither of which is `.` or `..`. */
const repositoryName = /^(?!\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+$/;

/** Tells GitHub (or GitHub Enterprise, by its `api` base) the state of a run as a commit status. */
export function createGithubReporter(options: {
  /** Needs "Commit statuses: write". */
  readonly token: string;
  /** `https://api.github.com`, or `https://github.example.org/api/v3`. */
  readonly api: string;
  /** The page of a run for people; null when there is none that GitHub's users can open. */
  readonly runUrl: ((run: RunId) => string) | null;
}): Reporter {
  const { token, runUrl } = options;
  const api = options.api.replace(/\/+$/, '');
  const hide = (text: string): string => (token === '' ? text : text.replaceAll(token, '…'));

  async function report(report: Report, signal: AbortSignal): Promise<Reported> {
    const { repo, sha, rule, run, status } = report;
    if (repo.forge !== 'github' || !repositoryName.test(repo.name) || !/^[0-9a-f]+$/.test(sha))
      return { result: 'refused', error: `${repo.name} at ${sha} is no commit on GitHub` };
    const body = {
      state: stateOf(status),
      context: `signalbox/${rule}`,
      description: cut(describe(status)),
      ...(runUrl === null ? {} : { target_url: runUrl(run) }),
    };
    try {
      const answer = await fetch(`${api}/repos/${repo.name}/statuses/${sha}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/vnd.github+json',
          'x-github-api-version': '2022-11-28',
          'content-type': 'application/json',
          'user-agent': 'signalbox',
        },
        body: JSON.stringify(body),
        redirect: 'manual', // the token goes nowhere else
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      return judge(answer, messageIn(hide(await readSome(answer))), repo.name);
    } catch (error) {
      return { result: 'retry', error: hide(`GitHub did not answer: ${causeOf(error)}`), afterMs: null };
    }
  }

  return { name: 'github', report };
}

function stateOf(status: RunStatus): 'pending' | 'success' | 'failure' | 'error' {
  switch (status.state) {
    case 'blocked':
    case 'queued':
    case 'running':
      return 'pending';
    case 'finished':
      switch (status.outcome) {
        case 'success':
          return 'success';
        case 'failure':
        case 'timeout':
          return 'failure';
        case 'error':
        case 'cancelled':
        case 'superseded':
        case 'skipped':
        case 'lost':
          return 'error';
      }
  }
}

/** One line, no longer than GitHub takes; no character is cut in half. */
function cut(text: string): string {
  const characters = Array.from(text.replace(/[\s\p{Cc}]+/gu, ' ').trim());
  return characters.length <= longestDescription
    ? characters.join('')
    : `${characters.slice(0, longestDescription - 1).join('')}…`;
}

/** What an answer means for the outbox, and for the person who has to mend it. */
function judge(answer: Response, message: string, repo: string): Reported {
  const { status } = answer;
  const said = message === '' ? '' : ` (${message})`;
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
      error: `GitHub answered ${status}${limited ? ': its rate limit is used up' : ''}${said}`,
      afterMs: waitOf(answer.headers),
    };
  const refused = (why: string): Reported => ({
    result: 'refused',
    error: `GitHub answered ${status}: ${why}${said}`,
  });
  switch (status) {
    case 401:
      return refused('sources.github.token is wrong or has expired; make a new one');
    case 403:
    case 404:
      return refused(`give sources.github.token "Commit statuses: write" on ${repo}`);
    case 422:
      return refused(`it does not take the status; ${repo} may not have the commit (any more)`);
    default:
      return refused('not an answer that the statuses API is known to give; check sources.github.api');
  }
}

/** How long the answer asks to wait, by the answer's own clock. */
function waitOf(headers: Headers): number | null {
  const retryAfter = headers.get('retry-after');
  const reset = headers.get('x-ratelimit-reset');
  const now = Date.parse(headers.get('date') ?? '');
  const waitMs =
    retryAfter !== null
      ? /^\d+$/.test(retryAfter)
        ? Number(retryAfter) * 1000
        : Date.parse(retryAfter) - now
      : reset !== null && /^\d+$/.test(reset)
        ? Number(reset) * 1000 - now
        : Number.NaN;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), longestWaitMs);
}

/** The beginning of an answer's body. */
async function readSome(answer: Response): Promise<string> {
  if (answer.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of answer.body) {
    bytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    if (bytes >= longestAnswerBytes) break;
  }
  return text;
}

/** GitHub's own explanation in an answer; '' when it gives none. */
function messageIn(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    const message =
      typeof parsed === 'object' && parsed !== null && 'message' in parsed ? parsed.message : undefined;
    return typeof message === 'string' ? cut(message) : '';
  } catch {
    return ''; // no JSON: a page of some proxy, which explains nothing
  }
}

/** `fetch` hides what happened in the cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing came within ${timeoutMs / 1000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
