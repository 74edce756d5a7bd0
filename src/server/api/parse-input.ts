import type { z } from 'zod';
import { SignalboxError } from '../../domain/errors.ts';
import { wordsFor } from './input-words.ts';

/** Mistakes that are told at once; nobody mends more in one go. */
const mostTold = 3;

/** Reads a part of a request by its schema; says which fields are wrong and how. */
export function parseInput<Value>(
  part: 'path' | 'query' | 'body',
  schema: z.ZodType<Value>,
  given: unknown,
): Value {
  const parsed = schema.safeParse(given, { error: wordsFor });
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues
    .slice(0, mostTold)
    .map(({ path, message }) => `${[part, ...path].join('.')}: ${message}`);
  throw new SignalboxError('invalid', told.join('; '));
}
