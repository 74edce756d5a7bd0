import { type Delivery, header } from '../../domain/delivery.ts';
import { checkHmac, unproven } from '../forge/hmac.ts';
import type { Proof } from '../forge/receive.ts';

const by = 'X-Hub-Signature-256';

/** Checks the HMAC-SHA256 over the untouched body. The older SHA-1 header is never looked at as proof. */
export function authenticate(secrets: readonly string[], delivery: Delivery): Proof {
  const signature = header(delivery, 'x-hub-signature-256');
  if (signature === undefined)
    return unproven(
      by,
      header(delivery, 'x-hub-signature') === undefined
        ? `${by} is missing: set a secret in the settings of the webhook`
        : `${by} is missing, and the SHA-1 signature that came instead is not accepted`,
      delivery,
    );
  const hex = /^sha256=([0-9a-fA-F]{64})$/.exec(signature)?.[1];
  return hex === undefined
    ? unproven(
        by,
        `${by} is not "sha256=" and 64 hexadecimal digits, but ${signature.length} characters`,
        delivery,
      )
    : checkHmac({ by, hex }, secrets, delivery);
}
