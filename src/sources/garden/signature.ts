import { type Delivery, header } from '../../domain/delivery.ts';
import { checkHmac, unproven } from '../forge/hmac.ts';
import type { Proof } from '../forge/receive.ts';

const by = 'X-Hub-Signature-256';

/** Checks the HMAC-SHA256 over the untouched body. */
export function authenticate(secrets: readonly string[], delivery: Delivery): Proof {
  const hex = /^sha256=([0-9a-fA-F]{64})$/.exec(header(delivery, 'x-hub-signature-256') ?? '')?.[1];
  return hex === undefined
    ? unproven(by, `${by} is not there, or not "sha256=" and 64 hexadecimal digits`, delivery)
    : checkHmac({ by, hex }, secrets, delivery);
}
