import type { HttpSource } from '../../contracts/source.ts';
import { header } from '../../domain/delivery.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { receiveWebhook, type Webhooks } from '../forge/receive.ts';
import { authenticate } from './signature.ts';
import { translate } from './translate.ts';

/** How deliveries of Gitea and of Forgejo are read, whoever vouches for them. */
export const gitea: Omit<Webhooks, 'authenticate'> = {
  forge: 'Gitea',
  bodies: 'json', // of a form, it does not sign the bytes that it sends
  translate: (delivery, payload) => {
    const name = header(delivery, 'x-gitea-event') || header(delivery, 'x-forgejo-event');
    return name
      ? translate(name, payload)
      : { result: 'unreadable', reason: 'X-Gitea-Event is missing: this is not from Gitea' };
  },
  deliveryId: delivery => header(delivery, 'x-gitea-delivery') || header(delivery, 'x-forgejo-delivery'),
};

/**
 * The webhooks of Gitea and of Forgejo, signed with one of the secrets (several while one is being replaced). A delivery
 * without a valid signature is refused unread.
 */
export function createGiteaSource({ secrets }: { readonly secrets: readonly string[] }): HttpSource {
  if (secrets.length === 0 || secrets.includes(''))
    throw new SignalboxError(
      'invalid',
      'sources.gitea.secret is empty: anyone could sign deliveries with it',
    );
  const webhooks: Webhooks = { ...gitea, authenticate: delivery => authenticate(secrets, delivery) };
  return {
    kind: 'http',
    name: 'gitea',
    path: '/gitea',
    secretHeaders: [],
    speech: null,
    stored: null,
    receive: delivery => receiveWebhook(webhooks, delivery),
  };
}
