import { createHmac } from 'node:crypto';

/** The headers by which a receiver knows who sent a message, and that nobody has changed it: Standard Webhooks. */
export function signatureHeaders(
  secrets: readonly string[],
  message: { readonly id: string; readonly atMs: number; readonly body: string },
): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(message.atMs / 1000));
  const sign = (secret: string): string =>
    createHmac('sha256', keyOf(secret)).update(`${message.id}.${seconds}.${message.body}`).digest('base64');
  return {
    'webhook-id': message.id,
    'webhook-timestamp': seconds,
    'webhook-signature': secrets.map(secret => `v1,${sign(secret)}`).join(' '),
  };
}

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
