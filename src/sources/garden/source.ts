import { createHash } from 'node:crypto';
import type { HttpSource, Received } from '../../contracts/source.ts';
import { type Delivery, header } from '../../domain/delivery.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { otherEvent } from '../forge/events.ts';
import { receiveWebhook, type Translated, type Webhooks } from '../forge/receive.ts';
import { authenticate } from './signature.ts';
import { translate } from './translate.ts';

export interface GardenOptions {
  /** Any of them may sign, except for repositories that have secrets of their own. */
  readonly secrets: readonly string[];
  readonly repositories: Readonly<Record<string, readonly string[]>>;
  /** Whether a node of our own, which tells of a repository itself, has it. */
  readonly isKept: (rid: string) => boolean;
}

/** Who tries again does so within it; the same words later are about something else. */
const windowMs = 60 * 60_000;

/**
 * Webhooks of Radicle Garden, and of the webhooks adapter, signed with one of the secrets. A delivery without a valid
 * signature is refused unread. Who has a secret is believed about who may do what in a repository; but never about one
 * that we have ourselves.
 */
export function createGardenSource({ secrets, repositories, isKept }: GardenOptions): HttpSource {
  const all = [...new Set([secrets, ...Object.values(repositories)].flat())];
  if (all.length === 0 || all.includes(''))
    throw new SignalboxError(
      'invalid',
      'sources.garden.secret is empty: anyone could sign deliveries with it',
    );
  const webhooks: Webhooks = {
    forge: 'Radicle Garden',
    bodies: 'json',
    authenticate: delivery => authenticate(all, delivery),
    translate: (delivery, payload) => {
      const name = header(delivery, 'x-radicle-event-type');
      return name
        ? withoutOurs(name, translate(name, payload))
        : { result: 'unreadable', reason: 'X-Radicle-Event-Type is missing: this is not from Radicle' };
    },
    deliveryId: delivery => header(delivery, 'x-request-uuid') || idOf(delivery),
  };

  /** What a node of our own tells of is told once, with proof; and from there nothing is cloned because somebody else says so. */
  function withoutOurs(name: string, translated: Translated): Translated {
    const repo = translated.result === 'event' ? translated.event.repo : null;
    if (repo === null || !isKept(repo.name)) return translated;
    const note = `${repo.name} is in the storage of our own node, which tells of it itself`;
    return { result: 'event', event: otherEvent(name, { repo, actor: { id: null, name: null }, note }) };
  }

  /** A secret of one repository is good for no other. */
  function receive(delivery: Delivery): Received {
    const received = receiveWebhook(webhooks, delivery);
    const rid = received.result === 'accepted' ? (received.event.repo?.name ?? null) : null;
    const entitled = (rid !== null && Object.hasOwn(repositories, rid) ? repositories[rid] : null) ?? secrets;
    const authentication = authenticate(entitled, delivery);
    return received.result === 'accepted' && rid !== null && authentication.result === 'refused'
      ? { result: 'rejected', status: 401, reason: `the secret is not one for ${rid}`, authentication }
      : received;
  }
  return {
    kind: 'http',
    name: 'garden',
    path: '/garden',
    secretHeaders: [],
    speech: null,
    stored: null,
    receive,
  };
}

function idOf({ receivedAt, body }: Delivery): string {
  return createHash('sha256')
    .update(`${Math.floor(receivedAt / windowMs)} `)
    .update(body)
    .digest('hex');
}
