import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Delivery, header } from '../../domain/delivery.ts';
import { unproven } from '../forge/hmac.ts';
import type { Proof } from '../forge/receive.ts';

/** What GitLab can prove itself with: a token that it sends, or a key that it signs with. */
export interface Credentials {
  readonly tokens: readonly string[];
  readonly keys: readonly Uint8Array[];
}

/** A signature is for one moment; longer ago, somebody may have kept the request to send it again. */
const toleranceMs = 5 * 60_000;

/** A signature is what counts where there may be one; the token only without. */
export function authenticate({ tokens, keys }: Credentials, delivery: Delivery): Proof {
  const mayBeSigned = keys.length > 0;
  const isSigned = header(delivery, 'webhook-signature') !== undefined;
  return mayBeSigned && (isSigned || tokens.length === 0)
    ? checkSignature(keys, delivery)
    : checkToken(tokens, delivery);
}

function checkToken(tokens: readonly string[], delivery: Delivery): Proof {
  const by = 'X-Gitlab-Token';
  const received = header(delivery, 'x-gitlab-token');
  if (received === undefined)
    return unproven(by, `${by} is missing: set a secret token in the settings of the webhook`, delivery);
  // Hashes have one length, so that the time tells nothing about the token's. All are compared, see `checkHmac`.
  const hash = sha256(received);
  const place = tokens.map(token => timingSafeEqual(sha256(token), hash)).indexOf(true) + 1;
  return place > 0
    ? { result: 'verified', by, secret: `${place} of ${tokens.length}` }
    : unproven(by, `${by} is not ${oneOf(tokens, 'token')}`, delivery);
}

/** Checks the signature of Standard Webhooks, over the delivery's id, its time and its untouched body. */
function checkSignature(keys: readonly Uint8Array[], delivery: Delivery): Proof {
  const by = 'webhook-signature';
  const id = header(delivery, 'webhook-id');
  const timestamp = header(delivery, 'webhook-timestamp');
  const received = [...(header(delivery, by) ?? '').matchAll(/(?<!\S)v1,([A-Za-z0-9+/]{43}=)(?!\S)/g)];
  if (!id || timestamp === undefined || !/^\d{1,12}$/.test(timestamp) || received.length === 0)
    return unproven(
      by,
      'webhook-id, webhook-timestamp or webhook-signature is missing or malformed: set a signing token in the settings of the webhook',
      delivery,
    );
  const claims = received.map(([, base64 = '']) => Buffer.from(base64, 'base64'));
  const matches = keys.map(key => {
    const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(delivery.body).digest();
    return claims.map(claim => timingSafeEqual(digest, claim)).includes(true);
  });
  const place = matches.indexOf(true) + 1;
  if (place === 0) return unproven(by, `${by} was not made with ${oneOf(keys, 'signing token')}`, delivery);
  const offMs = Number(timestamp) * 1000 - delivery.receivedAt;
  if (Math.abs(offMs) > toleranceMs)
    return unproven(
      by,
      `it was signed ${Math.round(Math.abs(offMs) / 1000)} s ${offMs < 0 ? 'ago' : 'in the future'}: somebody sent it again, or a clock is wrong`,
      delivery,
    );
  return { result: 'verified', by, secret: `${place} of ${keys.length}` };
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const oneOf = (all: readonly unknown[], what: string): string =>
  all.length === 1 ? `the ${what}` : `any of ${all.length} ${what}s`;
