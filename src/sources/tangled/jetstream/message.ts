import { z } from 'zod';
import { parseJson } from '../parse-json.ts';

/** What Jetstream tells, as far as it matters here. */
export type JetstreamMessage =
  | {
      readonly kind: 'commit';
      readonly did: string;
      /** Microseconds since 1970. */
      readonly at: number;
      readonly collection: string;
      readonly rkey: string;
      /** Null where the record was deleted. */
      readonly record: unknown;
    }
  /** Something about somebody's account. */
  | { readonly kind: 'account'; readonly did: string; readonly at: number };

const head = { did: z.string(), time_us: z.int().nonnegative() };
const message = z.union([
  z.object({
    ...head,
    kind: z.literal('commit'),
    commit: z.object({
      operation: z.string(),
      collection: z.string(),
      rkey: z.string(),
      record: z.unknown().optional(),
    }),
  }),
  z.object({ ...head, kind: z.string() }),
]);

/** Reads a frame; null when it is none. Never throws. */
export function readMessage(text: string): JetstreamMessage | null {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch {
    return null; // counted by whoever reads the stream
  }
  const read = message.safeParse(json);
  if (!read.success) return null;
  const { did, time_us: at } = read.data;
  if (!('commit' in read.data)) return { kind: 'account', did, at };
  const { collection, rkey, operation, record } = read.data.commit;
  return {
    kind: 'commit',
    did,
    at,
    collection,
    rkey,
    record: operation === 'delete' ? null : (record ?? null),
  };
}
