import { type Delivery, header } from '../../domain/delivery.ts';
import { checkHmac, unproven } from '../forge/hmac.ts';
import type { Proof } from '../forge/receive.ts';

/** The same proof under several names; the first that is there counts. */
const headers = [
  { by: 'X-Forgejo-Signature', form: /^([0-9a-fA-F]{64})$/ },
  { by: 'X-Gitea-Signature', form: /^([0-9a-fA-F]{64})$/ },
  { by: 'X-Hub-Signature-256', form: /^sha256=([0-9a-fA-F]{64})$/ },
] as const;

/** Checks the HMAC-SHA256 over the untouched body. The SHA-1 header that comes along is never looked at. */
export function authenticate(secrets: readonly string[], delivery: Delivery): Proof {
  for (const { by, form } of headers) {
    const signature = header(delivery, by.toLowerCase());
    if (!signature) continue; // left empty by a webhook without a secret
    const hex = form.exec(signature)?.[1];
    return hex === undefined
      ? unproven(by, `${by} is not 64 hexadecimal digits, but ${signature.length} other characters`, delivery)
      : checkHmac({ by, hex }, secrets, delivery);
  }
  const by = 'X-Gitea-Signature';
  return unproven(by, `${by} is missing: set a secret in the settings of the webhook`, delivery);
}
