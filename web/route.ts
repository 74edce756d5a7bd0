/**
 * The pages and their addresses, all behind the `#`: the server knows one page, and every address can be kept,
 * sent and reloaded. A line of a log is `#/runs/run_…#L12`.
 */
export type Route =
  | { readonly page: 'inbox' }
  | { readonly page: 'event'; readonly id: string }
  | { readonly page: 'runs' }
  | { readonly page: 'run'; readonly id: string; readonly line: number | null }
  | { readonly page: 'nowhere' };

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#/, '');
  if (path === '' || path === '/') return { page: 'inbox' };
  if (path === '/runs') return { page: 'runs' };
  const [, event] = /^\/events\/(\w+)$/.exec(path) ?? [];
  if (event !== undefined) return { page: 'event', id: event };
  const [, run, line] = /^\/runs\/(\w+)(?:#L([1-9]\d{0,14}))?$/.exec(path) ?? [];
  if (run !== undefined) return { page: 'run', id: run, line: line === undefined ? null : Number(line) };
  return { page: 'nowhere' };
}

/** The address of a page, for links. */
export const to = {
  inbox: '#/',
  runs: '#/runs',
  event: (id: string): string => `#/events/${id}`,
  run: (id: string): string => `#/runs/${id}`,
  line: (run: string, seq: number): string => `#/runs/${run}#L${seq}`,
} as const;
