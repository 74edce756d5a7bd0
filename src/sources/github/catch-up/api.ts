import { type ErrorCode, SignalboxError } from '../../../domain/errors.ts';
import { askedWaitMs } from '../../../lib/asked-wait.ts';

/** GitHub's REST API, as far as it is read here. */
export interface GithubApi {
  /** Its host. */
  readonly host: string;
  /** How often it was asked so far. */
  readonly requests: number;
  /**
   * `path` begins behind the base. Throws a `SignalboxError`: `overloaded` is the rate limit, `unavailable` no answer,
   * `unauthenticated` a wrong token, `too_large`, and anything else a no to this very question.
   */
  get(path: string, mostBytes: number, signal: AbortSignal): Promise<GithubAnswer>;
}

export interface GithubAnswer {
  readonly json: unknown;
  /** What leads to the next page; null on the last one. */
  readonly next: URLSearchParams | null;
  /** When it was given, by GitHub's clock; milliseconds since 1970. */
  readonly at: number;
}

/** A payload has up to 25 MB. */
const timeoutMs = 30_000;

export function createGithubApi(options: {
  readonly token: string;
  /** Without a slash at the end. */
  readonly api: string;
  readonly now: () => number;
}): GithubApi {
  const { token, api, now } = options;
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    'user-agent': 'signalbox',
  };
  let requests = 0;

  async function ask(path: string, mostBytes: number, signal: AbortSignal): Promise<GithubAnswer> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    // Repositories move, and GitHub redirects. To another origin `fetch` does not take the token along.
    const answer = await fetch(api + path, { headers, signal: limit, redirect: 'follow' });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw refusal(answer, path);
    }
    const text = await readText(answer, mostBytes, path);
    return {
      json: parse(text, path),
      next: nextPage(answer.headers.get('link')),
      at: Date.parse(answer.headers.get('date') ?? '') || now(),
    };
  }

  return {
    host: new URL(api).host,
    get requests() {
      return requests;
    },
    async get(path, mostBytes, signal) {
      requests += 1;
      try {
        return await ask(path, mostBytes, signal);
      } catch (cause) {
        if (cause instanceof SignalboxError || signal.aborted) throw cause;
        throw new SignalboxError('unavailable', `GitHub does not answer ${path}: ${reasonOf(cause)}`, {
          cause,
        });
      }
    },
  };
}

function refusal({ status, headers }: Response, path: string): SignalboxError {
  const isLimited =
    status === 429 ||
    (status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0'));
  if (isLimited)
    return new SignalboxError('overloaded', "GitHub's rate limit is used up: catching up waits for it", {
      retryAfterMs: askedWaitMs(headers) ?? undefined,
    });
  const [code, why] = meaning(status);
  return new SignalboxError(code, `GitHub answers ${status} to ${path}${why}`);
}

function meaning(status: number): readonly [ErrorCode, string] {
  if (status === 401) return ['unauthenticated', ': sources.github.token is wrong or has expired'];
  if (status === 403 || status === 404)
    return [
      'forbidden',
      ': give sources.github.token "Webhooks: read" there, or say in sources.github.catchUp whom else to ask',
    ];
  if (status === 408 || status >= 500) return ['unavailable', ''];
  return ['invalid', ': not an answer that its API is known to give; check sources.github.api'];
}

async function readText(answer: Response, mostBytes: number, path: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the rest.
  for await (const piece of answer.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > mostBytes)
      throw new SignalboxError('too_large', `GitHub's answer to ${path} has more than ${mostBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parse(text: string, path: string): unknown {
  try {
    // Ids that a number would round become text.
    return JSON.parse(text.replace(/"id":\s*(\d{16,20})(?=[,}\s])/g, '"id":"$1"'));
  } catch (cause) {
    throw new SignalboxError('invalid', `GitHub's answer to ${path} is not JSON: check sources.github.api`, {
      cause,
    });
  }
}

/** Only its parameters are taken over: the token goes nowhere but to the API that is configured. */
function nextPage(link: string | null): URLSearchParams | null {
  const [, address = ''] = /<([^<>]{1,2000})>; rel="next"/.exec(link ?? '') ?? [];
  return URL.parse(address)?.searchParams ?? null;
}

/** `fetch` hides what happened in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing came within ${timeoutMs / 1000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
