import { z } from 'zod';
import { text } from './schema-parts.ts';

/** The section as it is written, each value read. */
export interface WrittenDagger {
  readonly module?: string | undefined;
  readonly function?: string | undefined;
  readonly args: Readonly<Record<string, string | readonly string[]>>;
  readonly as?: 'pocketci' | undefined;
}

/** What a program can be given as one argument, together with its flag. */
const value = z
  .string()
  .max(32_000, { error: 'is longer than 32000 characters' })
  .refine(text => !text.includes('\0'), { error: 'a NUL character cannot be passed to a program' });

const word = (what: string): z.ZodType<string> =>
  z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,127}$/, {
    error: `the name of ${what} is made of letters, digits, "_" and "-", and begins with a letter`,
  });

export const dagger: z.ZodType<WrittenDagger> = z.strictObject({
  module: text(1024)
    .optional()
    .meta({
      description:
        'The module: a path in the checkout, or the address of one. When left out, the checkout itself for `function`; for `as: pocketci`, what `pocketci.yaml` says, or `./ci`.',
      examples: ['./ci', 'github.com/shykes/daggerverse/hello@v0.3.0'],
    }),
  function: word('a function')
    .optional()
    .meta({
      description:
        'The function to call, as it is called in the code or on the command line. Either this or `as`.',
      examples: ['test'],
    }),
  args: z
    .record(
      word('an argument'),
      z.union([value, z.array(value)], { error: 'write a text, in quotes, or a list of texts' }),
    )
    .prefault({})
    .meta({
      description:
        'Its arguments, as the command line takes them: `.` is the checkout where a directory is wanted, `env:NAME` the variable of that name where a secret is wanted; it has to be in the rule’s `secrets` or `env`. `{repo}`, `{branch}`, `{ref}`, `{sha}` and `{event}` (the path of the file with the event) stand for what they name.',
      examples: [{ src: '.', version: '{sha}', token: 'env:NPM_TOKEN' }],
    }),
  as: z
    .literal('pocketci', { error: 'write `pocketci`, or leave it out and name a `function`' })
    .optional()
    .meta({
      description:
        'Calls all functions that answer to the event by their names, such as `onGithubPullRequestOpened`; see [Dagger](dagger.md#functions-that-answer-by-their-names).',
      examples: ['pocketci'],
    }),
});
