import { z } from 'zod';
import { oneOrMany, text } from './schema-parts.ts';

/** The section as it is written, each value read. */
export interface WrittenHooks {
  readonly files: readonly string[];
  readonly checkout: boolean;
  readonly async: boolean;
  readonly fromRepository?:
    | {
        readonly repositories: readonly string[];
        readonly branches: readonly string[];
        readonly secret: readonly string[];
      }
    | undefined;
}

export const hooks: z.ZodType<WrittenHooks> = z.strictObject({
  files: oneOrMany(text(4096), 0)
    .prefault([])
    .meta({
      description:
        'Hooks files of adnanh/webhook, JSON or YAML. Each hook is a rule that bears its id, at `/hooks/{id}` on the public door. A relative path begins at this file.',
      examples: [['hooks.json']],
    }),
  checkout: z
    .boolean()
    .prefault(false)
    .meta({
      description:
        'Whether hooks work in a checkout: of the commit that the request tells of, as GitHub, GitLab, Gitea and Forgejo do. What tells of none runs nothing. Have the rule of each hook ask for a signature: without one, anybody may name any repository.',
      examples: [true],
    }),
  async: z
    .boolean()
    .prefault(false)
    .meta({
      description:
        'Whether every request is answered 202 at once, before anything is checked out. GitHub waits for no answer longer than ten seconds.',
      examples: [true],
    }),
  fromRepository: z
    .strictObject({
      repositories: oneOrMany(text(1024)).meta({
        description: 'Which repositories may bring hooks of their own (globs).',
        examples: [['acme/*']],
      }),
      branches: oneOrMany(text(1024))
        .prefault(['$default'])
        .meta({
          description:
            'On which branches (globs). Whoever may push to one of them decides what runs here. `$default` is the repository’s default branch.',
          examples: [['main']],
        }),
      secret: oneOrMany(text(1024)).meta({
        description:
          'What the forge signs its webhook with (GitHub, Gitea, Forgejo) or sends along (GitLab), by reference. It is asked for before anything is fetched.',
        examples: ['${env:HOOKS_SECRET}'],
      }),
    })
    .optional()
    .meta({
      description:
        'Lets repositories bring a `hooks.json` in their root. A push to `/hooks/{id}` then runs that hook in a checkout of the pushed commit, if its rule holds.',
      examples: [{ repositories: ['acme/*'], secret: '${env:HOOKS_SECRET}' }],
    }),
});
