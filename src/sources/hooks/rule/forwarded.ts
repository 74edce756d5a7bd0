import type { HookRequest } from '../request/request.ts';
import { readAddress } from './address-range.ts';

type Headers = HookRequest['headers'];

/** Whom proxies say they got a request from, the nearest last. Null: an entry that is no address. */
export type Chain = readonly (string | null)[];

/** More than proxies ever write; what is longer is one entry that is no address. */
const longestList = 4096;

/** What `X-Forwarded-For` says; null where there is no such header. */
export function xForwardedFor(headers: Headers): Chain | null {
  const entries = (list: string) => list.split(',').filter(entry => entry.trim() !== '');
  return chainOf(headers, 'x-forwarded-for', list => entries(list).map(addressOf));
}

/** What `Forwarded` (RFC 7239) says; null where there is no such header. */
export function forwarded(headers: Headers): Chain | null {
  return chainOf(headers, 'forwarded', list => {
    // A quote that the sender left open would swallow what the proxy adds.
    const isWhole = list.replaceAll(entry, '').replaceAll(',', '') === '';
    return isWhole ? [...list.matchAll(entry)].map(([each]) => forOf(each)) : [null];
  });
}

/** What stands between commas that are not within quotes. */
const entry = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g;

/** All headers of a name are one list. */
function chainOf(headers: Headers, wanted: string, read: (list: string) => Chain): Chain | null {
  const lists = headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  if (lists.length === 0) return null;
  const list = lists.join(',');
  return list.length > longestList ? [null] : read(list);
}

/** The `for` of an entry. One that has several does not count: another part may hold what the sender wrote. */
function forOf(entry: string): string | null {
  const named = entry.split(';').flatMap(pair => /^\s*for\s*=(.*)$/is.exec(pair)?.[1] ?? []);
  const [only, ...others] = named;
  return only === undefined || others.length > 0 ? null : addressOf(only.trim().replace(/^"(.*)"$/s, '$1'));
}

/** The address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:80`. */
function addressOf(entry: string): string | null {
  const text = entry.trim();
  const [, bracketed, plain] = /^(?:\[([^\]]*)\](?::\d+)?|([^:]*):\d+)$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  return readAddress(address) === null ? null : address;
}
