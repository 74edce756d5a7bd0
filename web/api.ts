import { visible } from './visible.ts';
import type { EventDetail, EventSummary, Health, LogLine, Paged, Run, RunDetail, Verdict } from './wire.ts';

/** A call that was refused, or got no answer: `message` is a sentence for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Of the answer; 0 when there was none. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  static from(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    // `fetch` says nothing that helps when there is nobody at the other end.
    return new ApiError(0, 'The server does not answer. Is it running, and can this computer reach it?');
  }
}

/** Which part of a list: so many items, from the `next` of the page before, or the newest. */
export interface Page {
  readonly after: string | null;
  readonly limit: number;
}

/** The API gives no more items at once. */
export const mostAtOnce = 200;

/** The public API, as the window uses it. Every call throws an `ApiError` and nothing else. */
export interface Api {
  events(page: Page): Promise<Paged<EventSummary>>;
  event(id: string): Promise<EventDetail>;
  /** The event once more, as a new one; resolves to that one's id. */
  replay(id: string): Promise<string>;
  /** What the rules in force now would answer. Stores nothing, runs nothing. */
  dryRun(id: string): Promise<readonly Omit<Verdict, 'runs'>[]>;
  runs(page: Page): Promise<Paged<Run>>;
  /** All runs that one event started, newest first; at most as many as the API gives at once. */
  runsOf(event: string): Promise<readonly Run[]>;
  run(id: string): Promise<RunDetail>;
  cancel(id: string): Promise<void>;
  approve(id: string): Promise<void>;
  /** Resolves to the id of the new run. */
  rerun(id: string): Promise<string>;
  health(): Promise<Health>;
  /** At most so many lines of a log, from the one after `after`. */
  log(run: string, after: number, most: number): Promise<readonly LogLine[]>;
}

/** Where streams are: they are opened by address. */
export const address = {
  feed: (cursor: string | null): string => `/api/feed${query({ cursor })}`,
  logStream: (run: string, after: number | string): string =>
    `/api/runs/${run}/log/stream${query({ after })}`,
} as const;

/** `onSignedOut` hears of every answer that asks for a sign-in. */
export function createApi(onSignedOut: () => void): Api {
  const call = async (method: 'GET' | 'POST', path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(path, { method, ...init }).catch((error: unknown) => {
      throw ApiError.from(error);
    });
    if (response.ok) return response;
    if (response.status === 401) onSignedOut();
    throw new ApiError(response.status, await sentence(response));
  };

  const get = async <T>(path: string): Promise<T> => read(await call('GET', path));
  const post = async <T>(path: string, body: object = {}): Promise<T> => {
    const headers = { 'content-type': 'application/json' };
    return read(await call('POST', path, { headers, body: JSON.stringify(body) }));
  };

  return {
    events: page => get(`/api/events${query({ ...page })}`),
    event: id => get(`/api/events/${id}`),
    replay: async id => (await post<{ event: string }>(`/api/events/${id}/replay`)).event,
    dryRun: async id =>
      (await post<{ verdicts: readonly Verdict[] }>(`/api/events/${id}/replay`, { dryRun: true })).verdicts,
    runs: page => get(`/api/runs${query({ ...page })}`),
    runsOf: async event => (await get<Paged<Run>>(`/api/runs${query({ event, limit: mostAtOnce })}`)).items,
    run: id => get(`/api/runs/${id}`),
    cancel: async id => void (await post(`/api/runs/${id}/cancel`)),
    approve: async id => void (await post(`/api/runs/${id}/approve`)),
    rerun: async id => (await post<{ id: string }>(`/api/runs/${id}/rerun`)).id,
    health: () => get('/api/health'),
    log: async (run, after, most) => {
      const headers = { accept: 'application/x-ndjson' };
      return readLines(await call('GET', `/api/runs/${run}/log${query({ after })}`, { headers }), most);
    },
  };
}

/**
 * The answers are our own server's, so their shape is not checked again; but their text is anybody's. It is made
 * visible here, once, so that no part of the window can forget it.
 */
async function read(response: Response) {
  const text = await response.text().catch((error: unknown) => {
    throw ApiError.from(error);
  });
  return parse(text, (_key, value) => (typeof value === 'string' ? visible(value) : value));
}

function parse(text: string, change?: (key: string, value: unknown) => unknown) {
  try {
    return JSON.parse(text, change);
  } catch {
    throw new ApiError(
      0,
      'What answered was not signalbox: something stands between this window and the server.',
    );
  }
}

/** What a refusal says about itself. */
async function sentence(response: Response): Promise<string> {
  const said = `The server answered ${response.status} ${response.statusText}`.trimEnd();
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return `${said}.`;
  const { detail, title }: { detail?: string; title?: string } = await read(response);
  return detail ?? title ?? said;
}

/** Reads lines of JSON until there are enough, and hangs up. Their text keeps its control characters: they are colours. */
async function readLines(response: Response, most: number): Promise<readonly LogLine[]> {
  if (response.body === null) return [];
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const lines: LogLine[] = [];
  for (let rest = ''; lines.length < most; ) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw ApiError.from(error);
    });
    if (done) break;
    const whole = `${rest}${value}`.split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) lines.push(parse(line));
  }
  await reader.cancel();
  return lines.slice(0, most);
}

function query(parameters: Readonly<Record<string, string | number | null>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === null ? [] : [[name, `${value}`]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
