import { discord } from './discord.ts';
import { gitlab } from './gitlab.ts';
import { signsBody } from './hmac.ts';
import type { Provider } from './provider.ts';
import { slack } from './slack.ts';
import { standardWebhooks } from './standard-webhooks.ts';
import { stripe } from './stripe.ts';

/** The types of a match that ask whether a provider sent a request. The original program knows none of them. */
export const providers: ReadonlyMap<string, Provider> = new Map([
  [
    'github',
    signsBody('GitHub', {
      header: 'X-Hub-Signature-256',
      form: /^sha256=([0-9a-f]{64})$/i,
      like: '"sha256=" and 64 hexadecimal digits',
    }),
  ],
  ['gitlab', gitlab],
  [
    'gitea',
    signsBody('Gitea', {
      header: 'X-Gitea-Signature',
      form: /^([0-9a-f]{64})$/i,
      like: '64 hexadecimal digits',
    }),
  ],
  ['slack', slack],
  ['stripe', stripe],
  ['standard-webhooks', standardWebhooks],
  ['discord', discord],
]);
