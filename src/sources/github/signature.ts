import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Authentication, type Delivery, header } from '../../domain/delivery.ts';

const by = 'X-Hub-Signature-256';

/** Checks the HMAC-SHA256 over the untouched body. The older SHA-1 header is never looked at as proof. */
export function authenticate(
  secrets: readonly string[],
  delivery: Delivery,
): Exclude<Authentication, { result: 'not required' }> {
  const refused = (reason: string): Authentication & { result: 'refused' } => ({
    result: 'refused',
    by,
    reason: `${reason} (body of ${delivery.body.byteLength} bytes)`,
  });

  const signature = header(delivery, 'x-hub-signature-256');
  if (signature === undefined)
    return refused(
      header(delivery, 'x-hub-signature') === undefined
        ? `${by} is missing: set a secret in the settings of the webhook`
        : `${by} is missing, and the SHA-1 signature that came instead is not accepted`,
    );
  const hex = /^sha256=([0-9a-fA-F]{64})$/.exec(signature)?.[1];
  if (hex === undefined)
    return refused(`${by} is not "sha256=" and 64 hexadecimal digits, but ${signature.length} characters`);

  const received = Buffer.from(hex, 'hex');
  const computed = secrets.map(secret => createHmac('sha256', secret).update(delivery.body).digest());
  // All are compared, so that the time tells nothing about which one matched.
  const matches = computed.map(digest => timingSafeEqual(digest, received));
  const place = matches.indexOf(true) + 1;
  if (place > 0) return { result: 'verified', by, secret: `${place} of ${secrets.length}` };
  const tried = secrets.length === 1 ? 'the secret' : `any of ${secrets.length} secrets`;
  return refused(
    `${by} …${tail(received)} was not made with ${tried}: computed ${computed.map(digest => `…${tail(digest)}`).join(', ')}`,
  );
}

/** Enough of a digest to compare two by eye, far too little to use. */
const tail = (digest: Buffer): string => digest.toString('hex').slice(-4);
