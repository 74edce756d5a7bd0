import { z } from 'zod';

/** `?q=` of lists. */
export const textQuery: z.ZodType<string | undefined> = z
  .string()
  .max(200)
  .optional()
  .describe('words that must all occur, in whatever case; pages may be short, and still have a `next`');

/** Whether every word occurs in one of the texts. */
export function hasWords(q: string, texts: readonly (string | null | undefined)[]): boolean {
  const text = texts.join('\n').toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}
