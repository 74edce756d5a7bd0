import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './addresses.ts';

/** A host is not called because of where it is. */
export class NotPublicError extends Error {
  constructor(host: string, address: string) {
    super(notPublic(host, address));
  }
}

/** The system's lookup, failing where a name leads to any address that is not on the public internet. */
export const publicLookup: LookupFunction = (host, options, done) => {
  systemLookup(host, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) return done(error ?? new Error(`${host} has no address`), '');
    const hidden = addresses.find(({ address }) => !isPublicAddress(address));
    if (hidden !== undefined) return done(new NotPublicError(host, hidden.address), '');
    return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
  });
};

/** What is wrong with the host of a URL before any lookup: a literal address is never looked up. Null: nothing yet. */
export function hiddenHost({ hostname }: URL): string | null {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 || isPublicAddress(host) ? null : notPublic(host, host);
}

const notPublic = (host: string, address: string): string =>
  `${host} is not on the public internet${host === address ? '' : ` (${address})`}`;
