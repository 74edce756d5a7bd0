import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Delivery } from '../../domain/delivery.ts';
import type { Proof } from './receive.ts';

/** Checks the HMAC-SHA256 of the untouched body, claimed as 64 hexadecimal digits in the header `by`. */
export function checkHmac(
  { by, hex }: { readonly by: string; readonly hex: string },
  secrets: readonly string[],
  delivery: Delivery,
): Proof {
  const received = Buffer.from(hex, 'hex');
  const computed = secrets.map(secret => createHmac('sha256', secret).update(delivery.body).digest());
  // All are compared, so that the time tells nothing about which one matched.
  const place = computed.map(digest => timingSafeEqual(digest, received)).indexOf(true) + 1;
  if (place > 0) return { result: 'verified', by, secret: `${place} of ${secrets.length}` };
  const tried = secrets.length === 1 ? 'the secret' : `any of ${secrets.length} secrets`;
  return unproven(
    by,
    `${by} …${tail(received)} was not made with ${tried}: computed ${computed.map(digest => `…${tail(digest)}`).join(', ')}`,
    delivery,
  );
}

/** A refusal that also says how much was signed: a proxy that changes bodies shows there. */
export function unproven(by: string, reason: string, { body }: Delivery): Proof & { result: 'refused' } {
  return { result: 'refused', by, reason: `${reason} (body of ${body.byteLength} bytes)` };
}

/** Enough of a digest to compare two by eye, far too little to use. */
const tail = (digest: Buffer): string => digest.toString('hex').slice(-4);
