import { posix } from 'node:path';
import { unescapePercent } from './request/percent.ts';
import { decodeBytes, encodeText } from './request/utf8.ts';

/** Where the target of a request leads. */
export type Route =
  | { readonly kind: 'hook'; readonly id: string; readonly query: string }
  | { readonly kind: 'root' }
  /** `OPTIONS *`: about the server itself. */
  | { readonly kind: 'server options' }
  | { readonly kind: 'no page' }
  /** The same place, written shorter. */
  | { readonly kind: 'moved'; readonly location: string }
  | { readonly kind: 'bad target' };

/**
 * Finds the hook that a request asks for: what stands behind the prefix, slashes included. The target is as Node reads
 * it, one character per byte; in the prefix `{name}` stands for any one segment.
 */
export function route(prefix: string, method: string, target: string): Route {
  if (target === '*') return { kind: method === 'OPTIONS' ? 'server options' : 'bad target' };
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target)?.[0] ?? '';
  const [written = '', ...queries] = target.slice(origin.length).split('?');
  const query = queries.join('?');
  const bytes = unescapePercent(written);
  if (bytes === null) return { kind: 'bad target' };
  const path = decodeBytes(bytes);
  const clean = cleaned(path);
  if (clean !== path)
    return {
      kind: 'moved',
      location: origin + escapePath(clean) + (queries.length === 0 ? '' : `?${query}`),
    };
  if (path === '/') return { kind: 'root' };
  const id = beyond(prefix).exec(path)?.[1];
  return id === undefined ? { kind: 'no page' } : { kind: 'hook', id, query };
}

function beyond(prefix: string): RegExp {
  const segments = prefix
    .split(/(\{[^}]*\})/)
    .map((part, n) => (n % 2 === 1 ? '[^/]+' : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')));
  return new RegExp(`^/${prefix === '' ? '' : `${segments.join('')}/`}(.*)$`, 's');
}

function cleaned(path: string): string {
  if (path === '') return '/';
  const clean = posix.normalize(path.startsWith('/') ? path : `/${path}`);
  // Node keeps a slash at the end only where it was written as such.
  if (path.endsWith('/')) return clean.endsWith('/') ? clean : `${clean}/`;
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

/** Byte by byte: all but letters, digits and these signs is escaped. */
const escapePath = (path: string): string =>
  encodeText(path)
    .toString('latin1')
    .replace(
      /[^\w\-.~$&+,/:;=@]/g,
      byte => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
