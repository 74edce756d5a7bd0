import type { HttpSource, Received } from '../../contracts/source.ts';
import { type Authentication, type Delivery, header } from '../../domain/delivery.ts';
import { blankEvent } from '../../domain/event.ts';
import { authenticate, type WebhookProof } from './proof.ts';
import { createSpeech } from './speech.ts';
import { readWebhook, type Webhook } from './wire.ts';

const name = 'buildkite';
const path = '/webhooks/buildkite';

/** What a webhook tells those who wait for a build: its UUID, and its state, or null where it is about a job of it. */
export interface BuildWord {
  readonly build: string;
  readonly state: string | null;
}

/**
 * Buildkite's webhooks. They start nothing: whoever observes a build hears that there is something to see. `settings` null:
 * there is no Buildkite, and it says so; `proof` null: none can prove anything.
 */
export function createBuildkiteSource(
  settings: { readonly proof: WebhookProof | null } | null,
  hear: (word: BuildWord) => void,
): HttpSource {
  return {
    kind: 'http',
    name,
    path,
    secretHeaders: ['x-buildkite-token'],
    speech: createSpeech(path, settings !== null),
    receive: delivery => {
      const proof = settings?.proof ?? null;
      const authentication: Authentication =
        proof === null
          ? { result: 'refused', by: 'nothing', reason: 'there is no providers.buildkite.webhook' }
          : authenticate(proof, delivery);
      if (authentication.result === 'refused') return rejected(401, authentication.reason, authentication);
      const webhook = readWebhook(delivery.body);
      if (webhook === undefined)
        return rejected(400, 'the body is no JSON object of the right types', authentication);
      const action = eventOf(webhook, delivery);
      const event = { ...blankEvent('other'), action, note: noteOf(webhook) };
      return { result: 'accepted', event, authentication };
    },
    stored: delivery => {
      const webhook = readWebhook(delivery.body);
      if (webhook === undefined || webhook.build === '') return;
      const event = eventOf(webhook, delivery);
      if (event.startsWith('build.')) hear({ build: webhook.build, state: webhook.state });
      if (event.startsWith('job.')) hear({ build: webhook.build, state: null });
    },
  };
}

/** The header counts; the body's word only where there is none. */
const eventOf = ({ event }: Webhook, delivery: Delivery): string =>
  (header(delivery, 'x-buildkite-event') || event || 'unknown').slice(0, 100).toWellFormed();

function noteOf({ build, number, state, pipeline }: Webhook): string {
  if (build === '') return 'it is about no build';
  return `build ${number} of ${pipeline || 'a pipeline'} is ${state || 'in no state'}: its run hears of it`;
}

const rejected = (status: number, reason: string, authentication: Authentication): Received => ({
  result: 'rejected',
  status,
  reason,
  authentication,
});
