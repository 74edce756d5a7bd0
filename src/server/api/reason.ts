import { z } from 'zod';

/** A sentence, not a story: whoever waits reads it with every run. */
const longestReason = 500;

/** Why somebody does it, where they want to say so. */
export const reasonBody: z.ZodType<{ readonly reason?: string | undefined } | null | undefined> = z
  .strictObject({ reason: z.string().max(longestReason).optional() })
  .nullish();

export const reasonOf = (body: z.infer<typeof reasonBody>): string | null => body?.reason?.trim() || null;
