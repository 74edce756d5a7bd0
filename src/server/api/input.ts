import { z } from 'zod';

/** For operations that take no parameters of a kind. */
export const none: z.ZodType<Record<string, never>> = z.strictObject({});

/** For operations without a body; an empty object does no harm. */
export const noBody: z.ZodType<Record<string, never> | null | undefined> = none.nullish();

/** For operations on one event or run: its id, or `last` for the newest. */
export const byId: z.ZodType<{ readonly id: string }> = z.object({ id: z.string() });

export const byName: z.ZodType<{ readonly name: string }> = z.object({ name: z.string() });

/** The answer of a 204. */
export const nothing: z.ZodType<undefined> = z.undefined();
