import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

const error = 'must be a whole number: the id of an earlier message';

/** `?cursor=` and `?after=` of streams: a whole number that an earlier message bore as its id. */
export const cursorSchema: z.ZodType<number | undefined> = z.coerce
  .number({ error })
  .int({ error })
  .min(0, { error })
  .optional();

/**
 * Where a stream goes on. A browser that reconnects repeats the query it began with and adds the last id it saw, so
 * the header wins.
 */
export function resumeAt(headers: IncomingHttpHeaders, asked: number | undefined): number | undefined {
  const { 'last-event-id': last } = headers;
  return typeof last === 'string' && /^\d{1,15}$/.test(last) ? Number(last) : asked;
}
