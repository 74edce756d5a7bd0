import type { HttpSource } from '../../contracts/source.ts';
import type { Delivery } from '../../domain/delivery.ts';
import { header } from '../../domain/delivery.ts';
import { readWebhook, receiveWebhook, type Webhooks } from '../forge/receive.ts';
import { authenticate } from './signature.ts';
import { github } from './source.ts';
import { translate } from './translate.ts';

/** Lightspeed does not look at which event it is: what does not say so is taken for a push. */
const pushes: Omit<Webhooks, 'authenticate'> = {
  ...github,
  translate: (delivery, payload) => translate(header(delivery, 'x-github-event') || 'push', payload),
};

/** GitHub's webhooks where Lightspeed takes them. Without any secret, everybody is believed. */
export function createReceiveHookSource({ secrets }: { readonly secrets: readonly string[] }): HttpSource {
  return {
    kind: 'http',
    name: 'github',
    path: '/receive_hook',
    secretHeaders: [],
    speech: null,
    stored: null,
    receive: (delivery: Delivery) =>
      secrets.length > 0
        ? receiveWebhook({ ...pushes, authenticate: proof => authenticate(secrets, proof) }, delivery)
        : readWebhook(pushes, delivery, {
            result: 'not required',
            reason: 'there is no secret to check: set GITHUB_WEBHOOK_SECRET',
          }),
  };
}
