import type { Received } from '../../contracts/source.ts';
import { type Authentication, type Delivery, header } from '../../domain/delivery.ts';
import type { NewEvent } from '../../domain/event.ts';

/** Whether a delivery has proved where it is from. */
export type Proof = Exclude<Authentication, { result: 'not required' | 'fetched' }>;

/** What a payload means, or why nobody can tell. */
export type Translated =
  | { readonly result: 'event'; readonly event: NewEvent }
  | { readonly result: 'unreadable'; readonly reason: string };

/** What is special about the webhooks of one forge. */
export interface Webhooks {
  /** As people call it: `GitHub`. */
  readonly forge: string;
  /** `json or form`: its JSON may also be the field `payload` of a form, whose bytes are then what it proves. */
  readonly bodies: 'json' | 'json or form';
  readonly authenticate: (delivery: Delivery) => Proof;
  readonly translate: (delivery: Delivery, payload: unknown) => Translated;
  /** The forge's own id of what happened, the same when it sends it again; empty or undefined when it gives none. */
  readonly deliveryId: (delivery: Delivery) => string | undefined;
}

/** Receives a delivery in a forge's language: what it cannot have sent is refused unread, what proves nothing unparsed. */
export function receiveWebhook(webhooks: Webhooks, delivery: Delivery): Received {
  const unreadable = unreadableBody(webhooks, delivery);
  if (unreadable !== null) return rejected(415, unreadable.reason, unreadable);
  const authentication = webhooks.authenticate(delivery);
  if (authentication.result === 'refused') return rejected(401, authentication.reason, authentication);
  return readWebhook(webhooks, delivery, authentication);
}

/** Says what a delivery means whose sender is known. */
export function readWebhook(
  webhooks: Pick<Webhooks, 'translate' | 'deliveryId'>,
  delivery: Delivery,
  authentication: Authentication,
): Received {
  const payload = read(delivery);
  if (payload.result === 'unreadable') return rejected(400, payload.reason, authentication);
  const translated = webhooks.translate(delivery, payload.value);
  if (translated.result === 'unreadable') return rejected(400, translated.reason, authentication);
  return {
    result: 'accepted',
    event: { ...translated.event, deliveryId: webhooks.deliveryId(delivery) || null },
    authentication,
  };
}

const rejected = (status: number, reason: string, authentication: Authentication): Received => ({
  result: 'rejected',
  status,
  reason,
  authentication,
});

function unreadableBody(
  { forge, bodies }: Webhooks,
  delivery: Delivery,
): (Proof & { readonly result: 'refused' }) | null {
  const encoding = (header(delivery, 'content-encoding') ?? 'identity').toLowerCase();
  if (encoding !== 'identity')
    return {
      result: 'refused',
      by: 'Content-Encoding',
      reason: `the body is compressed (${encoding}): ${forge} sends it plain`,
    };
  const type = mediaType(delivery);
  return type === json || (type === form && bodies === 'json or form')
    ? null
    : {
        result: 'refused',
        by: 'Content-Type',
        reason: `media type "${type}" is not read: choose ${json} in the settings of the webhook`,
      };
}

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

const mediaType = (delivery: Delivery): string =>
  (header(delivery, 'content-type') ?? '').split(';', 1).join('').trim().toLowerCase();

/** The JSON of the body, or of its form field `payload`; of equal keys the last counts. */
function read(
  delivery: Delivery,
):
  | { readonly result: 'read'; readonly value: unknown }
  | { readonly result: 'unreadable'; readonly reason: string } {
  try {
    const body = new TextDecoder('utf-8', { fatal: true }).decode(delivery.body);
    const text = mediaType(delivery) === json ? body : (new URLSearchParams(body).get('payload') ?? '');
    return { result: 'read', value: JSON.parse(text) };
  } catch (error) {
    return { result: 'unreadable', reason: `the body is not JSON: ${messageOf(error)}` };
  }
}

/** JSON.parse and TextDecoder say what is wrong; the engine quotes the text, so it is kept short. */
const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 200);
