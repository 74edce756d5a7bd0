import { visible } from './visible.ts';
import type {
  Agent,
  EventDetail,
  EventInsights,
  EventSummary,
  Health,
  LogLine,
  LogMarks,
  LogSearch,
  NewToken,
  Paged,
  Pools,
  Refusal,
  Rule,
  RuleInsights,
  RunDetail,
  RunSummary,
  Settings,
  Token,
  Verdict,
} from './wire.ts';
import { withQuery } from './with-query.ts';

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
/** What a list is asked for; what is null is not asked. */
export type Filter = Readonly<Record<string, string | null>>;

/** The API gives no more items at once. */
export const mostAtOnce = 200;

/** The public API, as the window uses it. Every call throws an `ApiError` and nothing else. */
export interface Api {
  events(page: Page, filter: Filter): Promise<Paged<EventSummary>>;
  /** The latest deliveries that were refused. */
  refusals(): Promise<readonly Refusal[]>;
  event(id: string): Promise<EventDetail>;
  /** The event once more, as a new one; resolves to that one's id. */
  replay(id: string): Promise<string>;
  /** What the rules in force now would answer. Stores nothing, runs nothing. */
  dryRun(id: string): Promise<readonly Omit<Verdict, 'runs'>[]>;
  /** What rules written as in the configuration would answer to the event. */
  tryRules(id: string, yaml: string): Promise<readonly Omit<Verdict, 'runs'>[]>;
  /** A rule as the configuration file says it, in YAML; null of one that stands in no file. */
  ruleText(name: string): Promise<string | null>;
  /** The rules in force. */
  rules(): Promise<readonly Rule[]>;
  /** How the rules in force have fared, or the one that is named. */
  ruleInsights(rule: string | null): Promise<RuleInsights>;
  /** How long the latest runs of a rule took, the one in the middle; null when there is none. */
  medianMs(rule: string): Promise<number | null>;
  runs(page: Page, filter: Filter): Promise<Paged<RunSummary>>;
  /** All runs that one event started, newest first; at most as many as the API gives at once. */
  runsOf(event: string): Promise<readonly RunSummary[]>;
  run(id: string): Promise<RunDetail>;
  cancel(id: string): Promise<void>;
  approve(id: string): Promise<void>;
  /** Resolves to the id of the new run. */
  rerun(id: string): Promise<string>;
  /** How many events came in the last hours. */
  eventInsights(): Promise<EventInsights>;
  agents(): Promise<readonly Agent[]>;
  /** An empty reason is none. */
  drain(agent: string, reason: string): Promise<void>;
  undrain(agent: string): Promise<void>;
  pools(): Promise<Pools>;
  /** Null: all pools. */
  pause(pool: string | null, reason: string): Promise<void>;
  resume(pool: string | null): Promise<void>;
  health(): Promise<Health>;
  settings(): Promise<Settings>;
  /** Reads the configuration again; refused, and nothing changes, when it is broken. */
  reloadConfig(): Promise<void>;
  tokens(): Promise<readonly Token[]>;
  makeToken(name: string): Promise<NewToken>;
  /** Ends a token, and the sessions that began with it. */
  revokeToken(name: string): Promise<void>;
  /** Whether this browser has a session. */
  isSignedIn(signal: AbortSignal): Promise<boolean>;
  /** Begins a session with a token. */
  signIn(token: string): Promise<void>;
  signOut(): Promise<void>;
  /** At most so many lines of a log, from the one after `after`. */
  log(run: string, after: number, most: number): Promise<readonly LogLine[]>;
  searchLog(run: string, text: string, after: number): Promise<LogSearch>;
  markLog(run: string, after: number): Promise<LogMarks>;
}

/** Where streams are: they are opened by address. */
export const address = {
  feed: (cursor: string | null): string => withQuery('/api/feed', { cursor }),
  /** The whole log as it was printed, to be saved. */
  rawLog: (run: string): string => `/api/runs/${run}/log?form=text`,
  logStream: (run: string, after: number | string): string =>
    withQuery(`/api/runs/${run}/log/stream`, { after }),
} as const;

const session = '/api/session';
const poolPath = (pool: string | null): string =>
  pool === null ? '/api/pools' : `/api/pools/${encodeURIComponent(pool)}`;

/** `onSignedOut` hears of every answer that asks for a sign-in, `onAnswer` of all. */
export function createApi(onSignedOut: () => void, onAnswer: (response: Response) => void): Api {
  const call = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    init: RequestInit = {},
  ): Promise<Response> => {
    const response = await fetch(path, { method, ...init }).catch((error: unknown) => {
      throw ApiError.from(error);
    });
    onAnswer(response);
    if (response.ok) return response;
    if (response.status === 401 && path !== session) onSignedOut();
    throw new ApiError(response.status, await sentence(response));
  };

  const get = async <T>(path: string, init: RequestInit = {}): Promise<T> =>
    read(await call('GET', path, init));
  const post = async <T>(path: string, body: object = {}): Promise<T> => {
    const headers = { 'content-type': 'application/json' };
    return read(await call('POST', path, { headers, body: JSON.stringify(body) }));
  };

  return {
    events: (page, filter) => get(withQuery('/api/events', { ...page, ...filter })),
    refusals: async () =>
      (await get<Paged<Refusal>>(withQuery('/api/refusals', { limit: mostAtOnce }))).items,
    event: id => get(`/api/events/${id}`),
    replay: async id => (await post<{ event: string }>(`/api/events/${id}/replay`)).event,
    dryRun: async id =>
      (await post<{ verdicts: readonly Verdict[] }>(`/api/events/${id}/replay`, { dryRun: true })).verdicts,
    runs: (page, filter) => get(withQuery('/api/runs', { ...page, ...filter })),
    runsOf: async event =>
      (await get<Paged<RunSummary>>(withQuery('/api/runs', { event, limit: mostAtOnce }))).items,
    run: id => get(`/api/runs/${id}`),
    cancel: async id => void (await post(`/api/runs/${id}/cancel`)),
    approve: async id => void (await post(`/api/runs/${id}/approve`)),
    rerun: async id => (await post<{ id: string }>(`/api/runs/${id}/rerun`)).id,
    tryRules: async (event, rules) =>
      (await post<{ verdicts: readonly Verdict[] }>('/api/rules/test', { event, rules })).verdicts,
    ruleText: async name =>
      (await get<{ yaml: string | null }>(`/api/rules/${encodeURIComponent(name)}/text`)).yaml,
    rules: async () => (await get<Paged<Rule>>('/api/rules')).items,
    ruleInsights: rule => get(withQuery('/api/insights/rules', { rule })),
    medianMs: async name =>
      (await get<{ medianMs: number | null }>(`/api/rules/${encodeURIComponent(name)}/durations`)).medianMs,
    eventInsights: () => get('/api/insights/events'),
    agents: async () => (await get<Paged<Agent>>('/api/agents')).items,
    drain: async (agent, reason) =>
      void (await post(`/api/agents/${encodeURIComponent(agent)}/drain`, { reason })),
    undrain: async agent => void (await post(`/api/agents/${encodeURIComponent(agent)}/undrain`)),
    pools: () => get('/api/pools'),
    pause: async (pool, reason) => void (await post(`${poolPath(pool)}/pause`, { reason })),
    resume: async pool => void (await post(`${poolPath(pool)}/resume`)),
    health: () => get('/api/health'),
    settings: () => get('/api/settings'),
    reloadConfig: async () => void (await post('/api/reload')),
    tokens: async () => (await get<Paged<Token>>('/api/tokens')).items,
    makeToken: name => post('/api/tokens', { name }),
    revokeToken: async name => void (await call('DELETE', `/api/tokens/${encodeURIComponent(name)}`)),
    isSignedIn: async signal => (await get<{ signedIn: boolean }>(session, { signal })).signedIn,
    signIn: async token => {
      // What is no token cannot stand in a header: it is as wrong as any other.
      const headers = { authorization: `Bearer ${encodeURIComponent(token)}` };
      await call('POST', session, { headers });
    },
    signOut: async () => void (await call('DELETE', session)),
    log: async (run, after, most) => {
      const headers = { accept: 'application/x-ndjson' };
      const path = withQuery(`/api/runs/${run}/log`, { after, limit: most });
      return readLines(await call('GET', path, { headers }));
    },
    searchLog: (run, q, after) => get(withQuery(`/api/runs/${run}/log/search`, { q, after, limit: 5_000 })),
    markLog: (run, after) => get(withQuery(`/api/runs/${run}/log/marks`, { after, limit: 2_000 })),
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

/** Reads lines of JSON. Their text keeps its control characters: they are colours. */
async function readLines(response: Response): Promise<readonly LogLine[]> {
  const text = await response.text().catch((error: unknown) => {
    throw ApiError.from(error);
  });
  return text.split('\n').flatMap(line => (line === '' ? [] : [parse(line)]));
}
