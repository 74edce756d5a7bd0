import { createHmac } from 'node:crypto';
import type { Argument } from '../hook.ts';
import type { ReadRequest } from '../request/request.ts';
import { answered, failed, type Judgement } from './judgement.ts';
import { label } from './label.ts';
import { placeOf, sameBytes } from './same-bytes.ts';

export const hashes = ['sha1', 'sha256', 'sha512'] as const;
export type Hash = (typeof hashes)[number];

/** Whether the text holds the HMAC of what was signed, in hexadecimal digits, with or without `sha256=` in front. */
export function judgeSignature(
  hash: Hash,
  { secrets, parameter }: { readonly secrets: readonly string[]; readonly parameter: Argument },
  text: string,
  { signed }: Pick<ReadRequest, 'signed'>,
): Judgement {
  const what = label(parameter);
  if (secrets.includes(''))
    return failed('other', `the secret for ${what} is empty, so no signature can be checked`);
  const computed = secrets.map(secret => createHmac(hash, secret).update(signed).digest('hex'));
  const candidates = signaturesIn(text, `${hash}=`).map(each => Buffer.from(each));
  const place = placeOf(
    computed,
    each => placeOf(candidates, candidate => sameBytes(candidate, Buffer.from(each))) !== null,
  );
  const name = `HMAC-${hash.toUpperCase()}`;
  const several = secrets.length > 1;
  if (place !== null)
    return answered(
      true,
      `${what} is the ${name} of the body${several ? ` with secret ${place} of ${secrets.length}` : ''}`,
      tail(computed[place - 1] ?? ''),
    );
  const received =
    candidates.length === 0
      ? 'no signature'
      : candidates
          .slice(0, 3)
          .map(each => tail(each.toString()))
          .join(', ');
  return failed(
    'signature',
    `${what} is not the ${name} of the body of ${signed.byteLength} bytes${several ? ` with any of ${secrets.length} secrets` : ''}: received ${received}, computed ${computed.slice(0, 3).map(tail).join(', ')}`,
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
