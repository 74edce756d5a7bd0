import type { HttpSource } from '../../contracts/source.ts';
import { header } from '../../domain/delivery.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { receiveWebhook, type Webhooks } from '../forge/receive.ts';
import { authenticate } from './signature.ts';
import { translate } from './translate.ts';

/**
 * Webhooks of Radicle Garden, and of the webhooks adapter, signed with one of the secrets. A delivery without a valid
 * signature is refused unread.
 */
export function createGardenSource({ secrets }: { readonly secrets: readonly string[] }): HttpSource {
  if (secrets.length === 0 || secrets.includes(''))
    throw new SignalboxError(
      'invalid',
      'sources.garden.secret is empty: anyone could sign deliveries with it',
    );
  const webhooks: Webhooks = {
    forge: 'Radicle Garden',
    bodies: 'json',
    authenticate: delivery => authenticate(secrets, delivery),
    translate: (delivery, payload) => {
      const name = header(delivery, 'x-radicle-event-type');
      return name
        ? translate(name, payload)
        : { result: 'unreadable', reason: 'X-Radicle-Event-Type is missing: this is not from Radicle' };
    },
    deliveryId: delivery => header(delivery, 'x-request-uuid'),
  };
  return {
    kind: 'http',
    name: 'garden',
    path: '/garden',
    secretHeaders: [],
    speech: null,
    stored: null,
    receive: delivery => receiveWebhook(webhooks, delivery),
  };
}
