import { ours } from '../deviations.ts';
import type { ReadRequest } from '../request/request.ts';
import { contains, readAddress, readRange } from './address-range.ts';
import { type Chain, forwarded, xForwardedFor } from './forwarded.ts';

export type Sender =
  /** `how`: where the address was taken from, where that is worth a word. */
  | { readonly result: 'address'; readonly host: string; readonly how: string }
  | { readonly result: 'unknown'; readonly reason: string };

/**
 * Who sent a request: the nearest address that is no trusted proxy's. What headers say counts only as far as trusted
 * proxies have written it, so that nobody else can pretend to be somebody.
 */
export function senderOf(
  trusted: readonly string[],
  { peer, fields }: Pick<ReadRequest, 'peer' | 'fields'>,
): Sender {
  const colon = peer.lastIndexOf(':');
  const host = (colon === -1 ? peer : peer.slice(0, colon)).replace(/^[ [\]]+|[ [\]]+$/g, '');
  const found = (host: string, how: string): Sender => ({ result: 'address', host, how });
  if (trusted.length === 0) return found(host, '');
  const isTrusted = trustIn(trusted);
  if (!isTrusted(host)) return found(host, ' (no trusted proxy, so its headers do not count)');
  const tellers = [
    { header: 'X-Forwarded-For', chain: xForwardedFor(fields) },
    { header: 'Forwarded', chain: forwarded(fields) },
  ].flatMap(({ header, chain }) =>
    chain === null ? [] : [{ header, host: nearest(chain, host, isTrusted) }],
  );
  const [first, second] = tellers;
  if (first === undefined) return found(host, ' (a trusted proxy that names nobody)');
  for (const teller of tellers)
    if (teller.host === null)
      return {
        result: 'unknown',
        reason: `the trusted proxy ${host} sent the header "${teller.header}" with something that is no address`,
      };
  // A proxy writes one of them; the other one may be the sender's own.
  if (second !== undefined && !isSame(first.host, second.host))
    return {
      result: 'unknown',
      reason: `the headers "${first.header}" and "${second.header}" of the trusted proxy ${host} name different senders: let it remove the one that it does not write`,
    };
  return found(first.host ?? host, ` (from "${first.header}" of the trusted proxy ${host})`);
}

/** The first from the right that is not trusted, or the farthest. Null: an entry on the way is no address. */
function nearest(chain: Chain, peer: string, isTrusted: (host: string) => boolean): string | null {
  let farthest = peer;
  for (const host of chain.toReversed()) {
    if (host === null || !isTrusted(host)) return host;
    farthest = host;
  }
  return farthest;
}

function trustIn(words: readonly string[]): (host: string) => boolean {
  const ranges = words.flatMap(word => readRange(ours, word) ?? []);
  return host => {
    const address = readAddress(host);
    return address !== null && ranges.some(range => contains(range, address));
  };
}

const isSame = (a: string | null, b: string | null): boolean =>
  String(readAddress(a ?? '')) === String(readAddress(b ?? ''));
