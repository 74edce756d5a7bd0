import { createHmac } from 'node:crypto';
import type { Argument } from '../hook.ts';
import type { ReadRequest } from '../request/request.ts';
import { answered, failed, type Judgement } from './judgement.ts';
import { label } from './label.ts';
import { sameBytes } from './same-bytes.ts';

export const hashes = ['sha1', 'sha256', 'sha512'] as const;
export type Hash = (typeof hashes)[number];

/** Whether the text holds the HMAC of what was signed, in hexadecimal digits, with or without `sha256=` in front. */
export function judgeSignature(
  hash: Hash,
  { secret, parameter }: { readonly secret: string; readonly parameter: Argument },
  text: string,
  { signed }: Pick<ReadRequest, 'signed'>,
): Judgement {
  const what = label(parameter);
  if (secret === '')
    return failed('other', `the secret for ${what} is empty, so no signature can be checked`);
  const computed = createHmac(hash, secret).update(signed).digest('hex');
  const candidates = signaturesIn(text, `${hash}=`);
  // All are compared, so that the time does not tell which one fits.
  const fitting = candidates.filter(each => sameBytes(Buffer.from(each), Buffer.from(computed)));
  const name = `HMAC-${hash.toUpperCase()}`;
  if (fitting.length > 0) return answered(true, `${what} is the ${name} of the body`, tail(computed));
  const received = candidates.length === 0 ? 'no signature' : candidates.slice(0, 3).map(tail).join(', ');
  return failed(
    'signature',
    `${what} is not the ${name} of the body of ${signed.byteLength} bytes: received ${received}, computed ${tail(computed)}`,
    received,
  );
}

/** One signature, its prefix optional; or several, split at commas, of which only those with the prefix count. */
function signaturesIn(text: string, prefix: string): readonly string[] {
  const withoutPrefix = (part: string) => (part.startsWith(prefix) ? part.slice(prefix.length) : part);
  if (!text.includes(',')) return [withoutPrefix(text)];
  return text
    .split(',')
    .filter(part => part.startsWith(prefix))
    .map(withoutPrefix);
}

/** Enough of a signature to compare two by eye, far too little to use. */
export const tail = (signature: string): string => `…${signature.slice(-4)}`;
