import type { Filter } from './api.ts';
import { withQuery } from './with-query.ts';

/**
 * The pages and their addresses, all behind the `#`: the server knows one page, and every address can be kept,
 * sent and reloaded. Lines of a log are `#/runs/run_…#L12` and `#/runs/run_…#L12-L20`.
 */
/** Lines of a log, from the first to the last, both included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

export type Route =
  | { readonly page: 'inbox'; readonly filter: Filter }
  | { readonly page: 'event'; readonly id: string }
  | { readonly page: 'runs'; readonly filter: Filter }
  | { readonly page: 'run'; readonly id: string; readonly lines: LineRange | null }
  | { readonly page: 'rules'; readonly filter: Filter }
  | { readonly page: 'rule'; readonly id: string; readonly event: string | null }
  | { readonly page: 'queue' }
  | { readonly page: 'insights'; readonly filter: Filter }
  | { readonly page: 'settings' }
  | { readonly page: 'nowhere' };

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#/, '');
  const [place, query] = path.split('?', 2);
  if (place === '' || place === '/') return { page: 'inbox', filter: filterOf(query, inboxFilter) };
  if (place === '/runs') return { page: 'runs', filter: filterOf(query, runsFilter) };
  if (place === '/queue') return { page: 'queue' };
  if (place === '/insights') return { page: 'insights', filter: filterOf(query, ['rule']) };
  if (place === '/settings') return { page: 'settings' };
  if (place === '/rules') return { page: 'rules', filter: filterOf(query, ['q']) };
  const rule = nameIn(/^\/rules\/([^/]+)$/.exec(place ?? '')?.[1]);
  if (rule !== null) return { page: 'rule', id: rule, event: filterOf(query, ['event'])['event'] ?? null };
  const [, event] = /^\/events\/(\w+)$/.exec(path) ?? [];
  if (event !== undefined) return { page: 'event', id: event };
  const [, run, from, to = from] =
    /^\/runs\/(\w+)(?:#L([1-9]\d{0,14})(?:-L([1-9]\d{0,14}))?)?$/.exec(path) ?? [];
  if (run !== undefined) return { page: 'run', id: run, lines: rangeOf(from, to) };
  return { page: 'nowhere' };
}

/** What lists can be narrowed to. */
const inboxFilter = ['q', 'source', 'type', 'repo', 'verdict'];
const runsFilter = ['q', 'state', 'outcome', 'rule'];

function filterOf(query: string | undefined, names: readonly string[]): Filter {
  const given = new URLSearchParams(query);
  return Object.fromEntries(
    names.flatMap(name => {
      const value = given.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  );
}

/** A name that stands in an address; null when it is not written as one. */
function nameIn(text: string | undefined): string | null {
  try {
    return text === undefined ? null : decodeURIComponent(text);
  } catch {
    return null;
  }
}

function rangeOf(from: string | undefined, to: string | undefined): LineRange | null {
  const lines = [Number(from), Number(to)] as const;
  return from === undefined ? null : { first: Math.min(...lines), last: Math.max(...lines) };
}

/** The address of a page, for links. */
export const to = {
  inbox: '#/',
  runs: '#/runs',
  inboxWith: (filter: Filter): string => withQuery('#/', filter),
  runsWith: (filter: Filter): string => withQuery('#/runs', filter),
  queue: '#/queue',
  insights: '#/insights',
  insightsWith: (filter: Filter): string => withQuery('#/insights', filter),
  settings: '#/settings',
  rules: '#/rules',
  rulesWith: (filter: Filter): string => withQuery('#/rules', filter),
  rule: (name: string): string => `#/rules/${encodeURIComponent(name)}`,
  /** A rule, and what it answers to an event. */
  ruleAnd: (name: string, event: string): string => withQuery(to.rule(name), { event }),
  event: (id: string): string => `#/events/${id}`,
  run: (id: string): string => `#/runs/${id}`,
  lines: (run: string, { first, last }: LineRange): string =>
    `#/runs/${run}#L${first}${last === first ? '' : `-L${last}`}`,
} as const;
