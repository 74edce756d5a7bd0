import type { HttpSource } from '../../contracts/source.ts';
import { header } from '../../domain/delivery.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { receiveWebhook, type Webhooks } from '../forge/receive.ts';
import { authenticate } from './signature.ts';
import { translate } from './translate.ts';
import { kindOf } from './wire.ts';

/** How deliveries of GitLab are read, whoever vouches for them. */
export const gitlab: Omit<Webhooks, 'authenticate'> = {
  forge: 'GitLab',
  bodies: 'json',
  translate: (_, payload) => {
    const name = kindOf(payload);
    return name === null
      ? { result: 'unreadable', reason: 'object_kind is missing: this is not from GitLab' }
      : translate(name, payload);
  },
  // The second is the same id, for webhooks that are not signed. Two more headers do not serve: X-Gitlab-Event-UUID is
  // shared by events that cause each other, X-Gitlab-Webhook-UUID is not promised to survive a retry.
  deliveryId: delivery => header(delivery, 'webhook-id') || header(delivery, 'idempotency-key'),
};

/**
 * GitLab's webhooks, which carry one of the tokens or are signed with one of the secrets (several while one is being
 * replaced). A delivery without either is refused unread.
 */
export function createGitlabSource({
  tokens,
  secrets,
}: {
  /** What GitLab calls a secret token. */
  readonly tokens: readonly string[];
  /** What GitLab calls a signing token: `whsec_` and a key in base64. */
  readonly secrets: readonly string[];
}): HttpSource {
  if (tokens.length + secrets.length === 0 || tokens.includes(''))
    throw new SignalboxError(
      'invalid',
      'sources.gitlab.token is empty: anyone could send deliveries with it',
    );
  const credentials = { tokens, keys: secrets.map(signingKey) };
  const webhooks: Webhooks = { ...gitlab, authenticate: delivery => authenticate(credentials, delivery) };
  return {
    kind: 'http',
    name: 'gitlab',
    path: '/gitlab',
    secretHeaders: ['x-gitlab-token'],
    speech: null,
    stored: null,
    receive: delivery => receiveWebhook(webhooks, delivery),
  };
}

/** Shorter keys could be guessed; Standard Webhooks allows none. */
const shortestKeyBytes = 24;

function signingKey(secret: string): Uint8Array {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const key = Buffer.from(base64, 'base64');
  if (key.byteLength < shortestKeyBytes)
    throw new SignalboxError(
      'invalid',
      'sources.gitlab.secret is no signing token: one begins with whsec_, and is made in the settings of the webhook',
    );
  return key;
}
