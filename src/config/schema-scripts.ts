import { z } from 'zod';
import type { BusyPolicy } from '../domain/concurrency.ts';
import { busy, limit } from './schema-concurrency.ts';
import { duration, oneOrMany, text, variable, whole } from './schema-parts.ts';

/** The section as it is written, each value read. */
export interface WrittenScripts {
  readonly dir: string;
  readonly executors: readonly string[];
  readonly path: string;
  readonly auth: 'token' | 'none';
  readonly token: readonly string[];
  readonly rateLimit?: number | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly timeout: number;
  readonly concurrency?:
    | { readonly group: string; readonly limit: number; readonly busy: BusyPolicy }
    | undefined;
}

/** What a header can carry as one word. */
const bearer = text(1024).refine(token => /^[\x21-\x7e]*$/.test(token), {
  error: 'a token is one word of plain letters, digits and signs',
});

export const scripts: z.ZodType<WrittenScripts> = z.strictObject({
  dir: text(4096).meta({
    description:
      'The folder whose files may be called. It is looked at anew for every call; what a link leads to outside of it is not called. A relative path begins at this file.',
    examples: ['./dist'],
  }),
  executors: oneOrMany(text(255)).meta({
    description:
      'The programs that a script may be given to, as callers name them; nothing else. Leave it at interpreters: `rm` would take the script for a target.',
    examples: [['node', 'python3', 'sh']],
  }),
  path: z
    .string()
    .regex(/^\/[a-z0-9_-]{1,64}$/, { error: 'write a slash and one word, such as /v1' })
    .prefault('/v1')
    .meta({
      description: 'Where it is on the public door: `/health`, `/list-dist` and `/start` lie below it.',
      examples: ['/scripts'],
    }),
  auth: z
    .enum(['token', 'none'], { error: 'write `token`, or `none` where everybody may start scripts' })
    .prefault('token')
    .meta({
      description:
        'Who may list and start scripts: who shows a `token`, or, with `none`, everybody who reaches the door.',
      examples: ['none'],
    }),
  token: oneOrMany(bearer, 0)
    .prefault([])
    .meta({
      description:
        'What callers show as `Authorization: Bearer`, by reference. With a list, any of them will do, so that it can be changed without a gap. It opens nothing else; tokens of the API do not open this door.',
      examples: ['${env:SCRIPTS_TOKEN}'],
    }),
  rateLimit: whole(1, 1_000_000)
    .optional()
    .meta({
      description:
        'How many requests are handled at the same time; the next one is answered 503 at once. It does not limit how many scripts run.',
      examples: [100],
    }),
  env: z
    .record(variable, text(32_768))
    .prefault({})
    .meta({
      description: 'Variables for every script. A caller’s own win over them.',
      examples: [{ NODE_ENV: 'production' }],
    }),
  secrets: oneOrMany(variable, 0)
    .prefault([])
    .meta({
      description:
        'Which of the top-level `secrets` every script gets, as variables of the same name. They are masked in its log.',
      examples: [['API_KEY']],
    }),
  timeout: duration('1s', '7d')
    .prefault('1h')
    .meta({ description: 'How long a script may run (a duration, 1s to 7d).', examples: ['10m'] }),
  concurrency: z
    .strictObject({
      group: z
        .enum(['{script}', '{rule}'], { error: 'write "{script}" or "{rule}"' })
        .prefault('{script}')
        .meta({
          description: 'Which share the limit: calls of the same script (`{script}`), or all (`{rule}`).',
          examples: ['{rule}'],
        }),
      limit,
      busy: busy(
        'What a call does that finds no room: `queue` waits for its turn, `cancel-older` takes the place of the oldest, `skip` does not run, `reject` does not run and the caller is answered 503.',
        'reject',
      ),
    })
    .optional()
    .meta({
      description: 'How calls share the room. Without it they do not wait for each other.',
      examples: [{ limit: 1, busy: 'reject' }],
    }),
});
