import type { HttpSource, Received } from '../../contracts/source.ts';
import { type Authentication, type Delivery, header } from '../../domain/delivery.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { authenticate } from './signature.ts';
import { translate } from './translate.ts';

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
  return {
    kind: 'http',
    name: 'github',
    path: '/github',
    receive: delivery => receive(secrets, delivery),
  };
}

function receive(secrets: readonly string[], delivery: Delivery): Received {
  const encoding = (header(delivery, 'content-encoding') ?? 'identity').toLowerCase();
  if (encoding !== 'identity')
    return rejected(415, `the body is compressed (${encoding}): GitHub sends it plain`, {
      result: 'refused',
      by: 'Content-Encoding',
      reason: 'a compressed body is never unpacked',
    });
  const authentication = authenticate(secrets, delivery);
  if (authentication.result === 'refused') return rejected(401, authentication.reason, authentication);

  const name = header(delivery, 'x-github-event');
  if (!name) return rejected(400, 'X-GitHub-Event is missing: this is not from GitHub', authentication);
  const payload = read(delivery);
  if (payload.result === 'rejected') return rejected(payload.status, payload.reason, authentication);
  const translated = translate(name, payload.value);
  if (translated.result === 'unreadable')
    return rejected(400, `${name} payload not understood: ${translated.reason}`, authentication);
  return {
    result: 'accepted',
    event: { ...translated.event, deliveryId: header(delivery, 'x-github-delivery') || null },
    authentication,
  };
}

const rejected = (status: number, reason: string, authentication: Authentication): Received => ({
  result: 'rejected',
  status,
  reason,
  authentication,
});

type Read =
  | { readonly result: 'read'; readonly value: unknown }
  | { readonly result: 'rejected'; readonly status: 400 | 415; readonly reason: string };

/** The JSON of the body, or of its form field `payload`. */
function read(delivery: Delivery): Read {
  const type = (header(delivery, 'content-type') ?? '').split(';', 1).join('').trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/x-www-form-urlencoded')
    return {
      result: 'rejected',
      status: 415,
      reason: `media type "${type}" is not read: choose application/json in the settings of the webhook`,
    };
  try {
    const body = new TextDecoder('utf-8', { fatal: true }).decode(delivery.body);
    const json = type === 'application/json' ? body : (new URLSearchParams(body).get('payload') ?? '');
    return { result: 'read', value: JSON.parse(json) };
  } catch (error) {
    return { result: 'rejected', status: 400, reason: `the body is not JSON: ${messageOf(error)}` };
  }
}

/** JSON.parse and TextDecoder say what is wrong; the engine quotes the text, so it is kept short. */
const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 200);
