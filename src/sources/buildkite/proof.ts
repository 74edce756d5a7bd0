import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Authentication, type Delivery, header } from '../../domain/delivery.ts';

/** How webhooks prove where they are from. The other way is never looked at: whoever knows less could choose it. */
export type WebhookProof =
  /** The token itself comes along. */
  | { readonly mode: 'token'; readonly secret: string }
  /** The token has signed the time and the body. `maxAgeMs` null: however long ago. */
  | { readonly mode: 'signature'; readonly secret: string; readonly maxAgeMs: number | null };

type Proof = Exclude<Authentication, { result: 'not required' | 'fetched' }>;

export function authenticate(proof: WebhookProof, delivery: Delivery): Proof {
  switch (proof.mode) {
    case 'token':
      return checkToken(proof.secret, delivery);
    case 'signature':
      return checkSignature(proof, delivery);
  }
}

function checkToken(secret: string, delivery: Delivery): Proof {
  const by = 'X-Buildkite-Token';
  const token = header(delivery, 'x-buildkite-token');
  if (token === undefined)
    return refused(
      by,
      `${by} is missing: the webhook's settings must send its token, or providers.buildkite.webhook must say \`signature\``,
    );
  return timingSafeEqual(hash(token), hash(secret))
    ? { result: 'verified', by, secret: '1 of 1' }
    : refused(by, `${by} is not the token of providers.buildkite.webhook`);
}

function checkSignature(
  { secret, maxAgeMs }: Extract<WebhookProof, { mode: 'signature' }>,
  delivery: Delivery,
): Proof {
  const by = 'X-Buildkite-Signature';
  const written = header(delivery, 'x-buildkite-signature');
  if (written === undefined)
    return refused(
      by,
      `${by} is missing: the webhook's settings must sign, or providers.buildkite.webhook must say \`token\``,
    );
  const { timestamp = '', signature = '' } = partsOf(written);
  if (!/^\d{1,15}$/.test(timestamp) || !/^[0-9a-fA-F]{64}$/.test(signature))
    return refused(by, `${by} is not \`timestamp=SECONDS,signature=HEX\``);
  const computed = createHmac('sha256', secret).update(`${timestamp}.`).update(delivery.body).digest();
  if (!timingSafeEqual(computed, Buffer.from(signature, 'hex')))
    return refused(
      by,
      `${by} was not made with the secret of providers.buildkite.webhook (body of ${delivery.body.byteLength} bytes)`,
    );
  const ageMs = Math.abs(delivery.receivedAt - Number(timestamp) * 1000);
  return maxAgeMs !== null && ageMs > maxAgeMs
    ? refused(
        by,
        `${by} was made ${Math.round(ageMs / 1000)} s away from now: more than providers.buildkite.webhook.maxAge`,
      )
    : { result: 'verified', by, secret: '1 of 1' };
}

/** `timestamp=1,signature=ab`, in any order; of equal names the last counts. */
function partsOf(written: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    written.split(',').map(part => {
      const at = part.indexOf('=');
      return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    }),
  );
}

const refused = (by: string, reason: string): Proof => ({ result: 'refused', by, reason });

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
