import { randomBytes } from 'node:crypto';
import type { Field } from './message.ts';

/**
 * What names a request in the log: six random digits, or what the sender says in `X-Request-Id`, cut to `limit`
 * characters where that is above 0.
 */
export function requestIdOf(
  headers: readonly Field[],
  { fromHeader, limit }: { readonly fromHeader: boolean; readonly limit: number },
): string {
  const said = fromHeader ? headers.find(([name]) => name.toLowerCase() === 'x-request-id')?.[1] : undefined;
  // What would end the line could write a line of its own.
  const name = (said ?? '').replace(/[^\x20-\x7e\x80-\xff]/g, '');
  if (name === '') return randomBytes(3).toString('hex');
  return limit > 0 ? name.slice(0, limit) : name;
}
