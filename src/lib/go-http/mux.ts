import { posix } from 'node:path';

/** Where a request leads, by the rules of Go's ServeMux. */
export type Way<Route> =
  /** `values`: what stands for the pattern's placeholders, decoded, in their order. */
  | { readonly result: 'found'; readonly route: Route; readonly values: readonly string[] }
  | { readonly result: 'moved'; readonly location: string }
  /** `isKnown`: there is one, for another method. */
  | { readonly result: 'no page'; readonly isKnown: boolean }
  | { readonly result: 'method not allowed'; readonly allow: string; readonly isKnown: boolean }
  /** What is no path: it has escapes that mean nothing. */
  | { readonly result: 'bad request' };

export interface Mux<Route> {
  find(method: string, target: string): Way<Route>;
}

interface Entry<Route> {
  readonly method: string;
  readonly parts: readonly string[];
  readonly route: Route;
}

/**
 * Finds routes by patterns such as `GET /logs/{knot}/{workflow}`: a placeholder stands for one part of a path that is
 * not empty. `GET` answers HEAD as well. Other GETs lead to the root, which has no other page than its own; so every
 * other method is told which it should have been.
 */
export function createMux<Route>(routes: Readonly<Record<string, Route>>): Mux<Route> {
  const entries = Object.entries(routes).map(([pattern, route]): Entry<Route> => {
    const [method = '', path = ''] = pattern.split(' ');
    return { method, parts: path.split('/'), route };
  });
  return {
    find(method, target) {
      const [path = '', ...queries] = pathAndQuery(target);
      const clean = cleaned(path);
      if (clean !== path) return { result: 'moved', location: [clean, ...queries].join('?') };
      const parts = clean.split('/').map(decoded);
      if (!parts.every(part => part !== null)) return { result: 'bad request' };
      const here = entries.filter(entry => fits(entry.parts, parts));
      const found = here.find(entry => answers(entry, method));
      if (found !== undefined)
        return {
          result: 'found',
          route: found.route,
          values: parts.filter((_, index) => isPlaceholder(found.parts[index] ?? '')),
        };
      const isKnown = here.length > 0;
      if (reads.includes(method)) return { result: 'no page', isKnown };
      const allowed = new Set([...reads, ...here.map(entry => entry.method)]);
      return { result: 'method not allowed', allow: [...allowed].toSorted().join(', '), isKnown };
    },
  };
}

const reads: readonly string[] = ['GET', 'HEAD'];

const answers = (entry: Entry<unknown>, method: string): boolean =>
  entry.method === method || (entry.method === 'GET' && method === 'HEAD');

const isPlaceholder = (part: string): boolean => part.startsWith('{');

const fits = (pattern: readonly string[], parts: readonly string[]): boolean =>
  pattern.length === parts.length &&
  pattern.every((part, index) => (isPlaceholder(part) ? parts[index] !== '' : part === parts[index]));

/** What follows `?` stays as it is. A target may name the whole address. */
function pathAndQuery(target: string): readonly string[] {
  const [, path = target] = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*(.*)$/i.exec(target) ?? [];
  const at = path.indexOf('?');
  return at === -1 ? [path] : [path.slice(0, at), path.slice(at + 1)];
}

/** Without empty parts, `.` and `..`; a slash at its end stays. */
function cleaned(path: string): string {
  const clean = posix.normalize(path.startsWith('/') ? path : `/${path}`);
  return clean.startsWith('//') ? clean.slice(1) : clean;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
