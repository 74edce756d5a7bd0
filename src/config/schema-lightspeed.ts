import { z } from 'zod';
import { oneOrMany, text } from './schema-parts.ts';

/** The section as it is written, each value read. */
export interface WrittenLightspeed {
  readonly listeners: readonly string[];
  readonly admin: boolean;
}

export const lightspeed: z.ZodType<WrittenLightspeed> = z.strictObject({
  listeners: oneOrMany(text(4096)).meta({
    description:
      'Files of listeners, with comments or without. A relative path begins at this file. Each listener is a rule of its name.',
    examples: [['my-config.json']],
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
