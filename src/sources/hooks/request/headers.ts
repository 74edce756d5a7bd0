import type { Value, Values } from '../value.ts';
import type { HookRequest } from './request.ts';
import { fromByteString } from './utf8.ts';

/** The canonical form of a header's name: `x-github-event` is `X-Github-Event`; what is no name stays as it is. */
export function canonicalName(name: string): string {
  if (!isHeaderName(name)) return name;
  return name.toLowerCase().replace(/(^|-)[a-z]/g, letter => letter.toUpperCase());
}

/** Whether a header may be named so. */
export const isHeaderName = (name: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(name);

/** The first value of each header. The framing belongs to the connection, the host to the address. */
export function headerValues({ headers }: Pick<HookRequest, 'headers'>): Values {
  const values = new Map<string, Value>();
  for (const [name, value] of headers) {
    const key = canonicalName(name);
    if (!values.has(key)) values.set(key, fromByteString(value));
  }
  // A length beside chunks does not count, and the old way to ask for a fresh answer stands for the new one.
  if (values.has('Transfer-Encoding')) values.delete('Content-Length');
  if (values.get('Pragma') === 'no-cache' && !values.has('Cache-Control'))
    values.set('Cache-Control', 'no-cache');
  for (const name of ['Host', 'Transfer-Encoding', 'Trailer']) values.delete(name);
  return values;
}
