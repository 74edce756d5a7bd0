import { z } from 'zod';
import type { GardenConfig } from './config.ts';
import { duration, oneOrMany, text } from './schema-parts.ts';

export const firstSeenWords = ['ignore', 'default-branch', 'all'] as const;

/** The section as it is written, each value read. */
export interface WrittenRadicle {
  readonly home?: string | undefined;
  readonly socket: string;
  readonly reconcile: number;
  readonly firstSeen: (typeof firstSeenWords)[number];
  readonly passphrase?: string | undefined;
}

export const radicle: z.ZodType<WrittenRadicle> = z.strictObject({
  home: text(4096)
    .optional()
    .meta({
      description:
        'The home of the node: its repositories are read there, and may be cloned from there. When left out, `$RAD_HOME`, else `~/.radicle`.',
      examples: ['~/.radicle'],
    }),
  socket: z
    .string()
    .max(4096)
    .prefault('')
    .meta({
      description: "The node's control socket; empty: `$RAD_SOCKET`, else `node/control.sock` in its home.",
      examples: ['/run/radicle/control.sock'],
    }),
  reconcile: duration('1s', '1d')
    .prefault('5m')
    .meta({
      description:
        'How often all repositories are looked through for changes that the node did not tell (a duration), beside at every start, after every reconnect, and when somebody asks for it.',
      examples: ['1m'],
    }),
  firstSeen: z
    .enum(firstSeenWords)
    .prefault('ignore')
    .meta({
      description:
        'What happens to a repository that was never seen before: nothing (`ignore`), an event for its default branch as the delegates have it, or one for each branch, tag and patch (`all`).',
      examples: ['default-branch'],
    }),
  passphrase: text(1024)
    .optional()
    .meta({
      description:
        "Opens the node's key, by reference. Comments and jobs that rules report by `radicle` are written with that key.",
      examples: ['${env:RAD_PASSPHRASE}'],
    }),
});

export const garden: z.ZodType<GardenConfig> = z
  .strictObject({
    secret: oneOrMany(text(1024), 0)
      .prefault([])
      .meta({
        description:
          'What webhooks were added with as their secret, by reference: who has it is believed about every repository that has none of its own. With a list, any of them may have signed, so that it can be changed without a gap.',
        examples: ['${env:GARDEN_SECRET}'],
      }),
    repositories: z
      .record(
        z.string().regex(/^rad:z[0-9A-Za-z]{1,64}$/, 'write the id of a repository: rad:z…'),
        oneOrMany(text(1024)),
      )
      .prefault({})
      .meta({
        description:
          'Secrets of single repositories, by their ids: each is good for its own alone, and for that one no other is.',
        examples: [{ 'rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5': '${env:HEARTWOOD_SECRET}' }],
      }),
  })
  .refine(({ secret, repositories }) => secret.length + Object.keys(repositories).length > 0, {
    error: 'write a secret: anyone could sign deliveries otherwise',
  })
  .transform(({ secret, repositories }) => ({ secrets: secret, repositories }));
