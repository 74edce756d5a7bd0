import { z } from 'zod';
import type { NewEvent } from '../../domain/event.ts';
import type { Translated } from './receive.ts';

/** Text that every store can keep: half a surrogate pair, which JSON allows, becomes U+FFFD. */
export const text: z.ZodType<string> = z.string().transform(value => value.toWellFormed());
export const sha: z.ZodType<string> = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'is no commit id');
/** Without the characters that git forbids in ref names: those can break what a name is later put into. */
export const branch: z.ZodType<string> = text.refine(
  value => /^[^\0-\x20\x7f~^:?*[\\]+$/.test(value),
  'is no branch name',
);
export const ref: z.ZodType<string> = branch.refine(
  value => value.startsWith('refs/'),
  'is no full ref name',
);
/** Changed paths; null when the sender did not list any. */
export const paths: z.ZodType<readonly string[] | null> = z.array(text).nullable().default(null);

/** Reads a payload, `name` being the forge's word for its kind, and says what it means. */
export function readPayload<Payload>(
  name: string,
  schema: z.ZodType<Payload>,
  payload: unknown,
  toEvent: (payload: Payload) => NewEvent,
): Translated {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return { result: 'event', event: toEvent(parsed.data) };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the payload';
  const reason = `${name} payload not understood: ${where}: ${issue?.message ?? 'not as documented'}`;
  return { result: 'unreadable', reason };
}
