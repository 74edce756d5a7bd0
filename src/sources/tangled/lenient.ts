import { z } from 'zod';

/** What may be missing, null or, in records that Go has written, empty: null in any of these cases. */
export const text: z.ZodType<string | null> = z
  .string()
  .nullish()
  .transform(value => value || null);

/** What may be missing or null: null in both cases. */
export const orNull = <Value>(schema: z.ZodType<Value>): z.ZodType<Value | null> =>
  schema.nullish().transform(value => value ?? null);

/** Names come with every event, and are stored with what is watched and what was pushed lately. */
export const longestName = 512;
/** A DID, an address that begins with one, or the full name of a ref. */
const longestReference = 4096;
export const name: z.ZodType<string> = z.string().max(longestName);
export const reference: z.ZodType<string> = z.string().max(longestReference);
export const nameOrNull: z.ZodType<string | null> = text.refine(
  value => value === null || value.length <= longestName,
);
export const referenceOrNull: z.ZodType<string | null> = text.refine(
  value => value === null || value.length <= longestReference,
);
