import { z } from 'zod';
import { orNull } from '../lenient.ts';
import { parseJson } from '../parse-json.ts';

/** One event of a knot's stream. */
export interface Envelope {
  readonly rkey: string;
  readonly nsid: string;
  readonly event: unknown;
  /** Nanoseconds since 1970; null: knots of the first generation do not say. */
  readonly created: bigint | null;
}

const envelope = z.object({
  rkey: z.string().min(1).max(512),
  nsid: z.string().min(1).max(512),
  event: z.unknown(),
  created: orNull(z.string().regex(/^\d{1,19}$/)),
});

/** Reads a frame; null when it is none. Never throws. */
export function readEnvelope(text: string): Envelope | null {
  let json: unknown;
  try {
    // More digits than a number holds. Within a text there is a backslash before each quote, so none is changed.
    json = parseJson(text.replace(/"created"\s*:\s*(\d+)(?=\s*[,}])/g, '"created":"$1"'));
  } catch {
    return null; // counted by whoever reads the stream
  }
  const read = envelope.safeParse(json);
  if (!read.success) return null;
  const { created, ...rest } = read.data;
  return { ...rest, created: created === null ? null : BigInt(created) };
}
