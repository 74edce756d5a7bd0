import { createHash, timingSafeEqual } from 'node:crypto';
import { type Authentication, type Delivery, header } from '../../domain/delivery.ts';

const by = 'Authorization: Bearer';

/** Whether a caller has shown one of the tokens, or needs none. */
export function authenticate(
  tokens: readonly string[],
  head: Pick<Delivery, 'headers'>,
): Exclude<Authentication, { result: 'fetched' }> {
  if (tokens.length === 0) return { result: 'not required', reason: 'this door asks for no token' };
  const shown = /^bearer +(\S+) *$/i.exec(header(head, 'authorization') ?? '')?.[1];
  // All are compared, at one length, so that the time tells nothing about which one matched.
  const digest = digestOf(shown ?? '');
  const place = tokens.map(token => timingSafeEqual(digestOf(token), digest)).indexOf(true) + 1;
  if (place > 0) return { result: 'verified', by, secret: `${place} of ${tokens.length}` };
  const reason = shown === undefined ? 'no token was sent' : 'the token is not valid';
  return { result: 'refused', by, reason };
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
