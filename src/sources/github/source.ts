import type { HttpSource } from '../../contracts/source.ts';
import { header } from '../../domain/delivery.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { receiveWebhook, type Webhooks } from '../forge/receive.ts';
import { authenticate } from './signature.ts';
import { translate } from './translate.ts';

/** How deliveries of GitHub are read, whoever vouches for them. */
export const github: Omit<Webhooks, 'authenticate'> = {
  forge: 'GitHub',
  bodies: 'json or form',
  translate: (delivery, payload) => {
    const name = header(delivery, 'x-github-event');
    return name
      ? translate(name, payload)
      : { result: 'unreadable', reason: 'X-GitHub-Event is missing: this is not from GitHub' };
  },
  deliveryId: delivery => header(delivery, 'x-github-delivery'),
};

/**
 * GitHub's webhooks, signed with one of the secrets (several while one is being replaced). A delivery without
 * a valid signature is refused unread.
 */
export function createGithubSource({ secrets }: { readonly secrets: readonly string[] }): HttpSource {
  if (secrets.length === 0 || secrets.includes(''))
    throw new SignalboxError(
      'invalid',
      'sources.github.secret is empty: anyone could sign deliveries with it',
    );
  const webhooks: Webhooks = { ...github, authenticate: delivery => authenticate(secrets, delivery) };
  return {
    kind: 'http',
    name: 'github',
    path: '/github',
    secretHeaders: [],
    speech: null,
    stored: null,
    receive: delivery => receiveWebhook(webhooks, delivery),
  };
}
