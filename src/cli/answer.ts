import type { z } from 'zod';
import { foreign } from './answer-errors.ts';

/** Far more than any page of the API; a server that says more is broken. */
const largestAnswerBytes = 32 * 1024 * 1024;

/** What a server answered: as it came, for `--json`, and the part that is used. */
export interface Answer<Value> {
  readonly json: unknown;
  readonly value: Value;
}

/** The whole body, as long as it is of a size that an honest server sends. */
export async function readText(address: string, response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > largestAnswerBytes) throw foreign(address, `more than ${largestAnswerBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Reads JSON of a known shape; what has another one did not come from a signalbox. */
export function readAnswer<Value>(address: string, text: string, schema: z.ZodType<Value>): Answer<Value> {
  let json: unknown;
  let parsed: z.ZodSafeParseResult<Value>;
  try {
    json = JSON.parse(text);
    parsed = schema.safeParse(json);
  } catch (error) {
    // Not JSON, or nested so deeply that nothing can walk through it.
    throw foreign(address, error instanceof Error ? error.message : 'it cannot be read');
  }
  if (parsed.success) return { json, value: parsed.data };
  const [issue] = parsed.error.issues;
  throw foreign(address, `${issue?.path.join('.') || 'its answer'}: ${issue?.message}`);
}
