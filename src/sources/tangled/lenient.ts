import { z } from 'zod';

/** What may be missing, null or, in records that Go has written, empty: null in any of these cases. */
export const text: z.ZodType<string | null> = z
  .string()
  .nullish()
  .transform(value => value || null);

/** What may be missing or null: null in both cases. */
export const orNull = <Value>(schema: z.ZodType<Value>): z.ZodType<Value | null> =>
  schema.nullish().transform(value => value ?? null);
