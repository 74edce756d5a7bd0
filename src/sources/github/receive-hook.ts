import type { HttpSource, Speech } from '../../contracts/source.ts';
import type { Authentication, Delivery } from '../../domain/delivery.ts';
import { header } from '../../domain/delivery.ts';
import { readWebhook, receiveWebhook, type Webhooks } from '../forge/receive.ts';
import { createHookServerSpeech } from './receive-hook-speech.ts';
import { authenticate } from './signature.ts';
import { github } from './source.ts';
import { translate } from './translate.ts';

/** Lightspeed does not look at which event it is: what does not say so is taken for a push. */
const pushes: Omit<Webhooks, 'authenticate'> = {
  ...github,
  translate: (delivery, payload) => translate(header(delivery, 'x-github-event') || 'push', payload),
};

const path = '/receive_hook';

/**
 * GitHub's webhooks where Lightspeed takes them. Without any secret, everybody is believed. With `mostBodyBytes` it answers
 * as Lightspeed's hook server does.
 */
export function createReceiveHookSource(options: {
  readonly secrets: readonly string[];
  readonly mostBodyBytes: number | null;
}): HttpSource {
  const { secrets, mostBodyBytes } = options;
  const receive = (delivery: Delivery) =>
    secrets.length > 0
      ? receiveWebhook({ ...pushes, authenticate: proof => authenticate(secrets, proof) }, delivery)
      : readWebhook(pushes, delivery, {
          result: 'not required',
          reason: 'there is no secret to check: set GITHUB_WEBHOOK_SECRET',
        });
  return source(path, mostBodyBytes === null ? null : createHookServerSpeech(path, mostBodyBytes), receive);
}

/** What the hook server calls a delivery that bears no id of GitHub's. */
export const handedOnId = 'x-signalbox-delivery';
/** What the hook server says of a delivery that it could not check. */
export const handedOnUnchecked = 'x-signalbox-unchecked';

/** What Lightspeed's hook server hands on, at `/match`: whoever may call there has shown a token, and is believed. */
export function createHandedOnSource(): HttpSource {
  return source('/match', null, delivery =>
    readWebhook({ ...pushes, deliveryId: idOf }, delivery, authenticationOf(delivery)),
  );
}

const idOf = (delivery: Delivery): string | undefined =>
  github.deliveryId(delivery) || header(delivery, handedOnId);

const authenticationOf = (delivery: Delivery): Authentication =>
  header(delivery, handedOnUnchecked) === undefined
    ? { result: 'verified', by: 'the hook server', secret: 'its token' }
    : {
        result: 'not required',
        reason: 'the hook server has no secret to check: set GITHUB_WEBHOOK_SECRET there',
      };

/** Both bring the same deliveries, and so are one source: what came before is known. */
const source = (path: string, speech: Speech | null, receive: HttpSource['receive']): HttpSource => ({
  kind: 'http',
  name: 'github',
  path,
  secretHeaders: [],
  speech,
  stored: null,
  receive,
});
