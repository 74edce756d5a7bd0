import { z } from 'zod';
import { oneOrMany, pool, text } from './schema-parts.ts';

/** The section as it is written, each value read. */
export interface WrittenLightspeed {
  readonly listeners: readonly string[];
  readonly pool: string;
  readonly admin: boolean;
}

export const lightspeed: z.ZodType<WrittenLightspeed> = z.strictObject({
  listeners: oneOrMany(text(4096)).meta({
    description:
      'Files of listeners, with comments or without. A relative path begins at this file. Each listener is a rule of its name.',
    examples: [['my-config.json']],
  }),
  pool: pool.prefault('local').meta({
    description:
      'Which agents run the listeners: those that name this pool in their own file. `local` is the server itself. Elsewhere, `cwd` is a directory of that machine.',
    examples: ['deploy'],
  }),
  admin: z
    .boolean()
    .prefault(false)
    .meta({
      description:
        'Whether `/listeners` of the admin door answers as Lightspeed does, to whoever shows a token.',
      examples: [true],
    }),
});
