import { z } from 'zod';
import { SignalboxError } from '../../domain/errors.ts';
import { readAnswer, readText } from '../answer.ts';
import { noAnswer } from '../answer-errors.ts';
import type { CliIo } from '../io.ts';
import type { Parcel } from './parcel.ts';

/** What the public door says of a delivery that it took. */
export interface Receipt {
  readonly event: string;
  readonly runs: readonly string[];
  readonly duplicate?: boolean | undefined;
}
const receipt: z.ZodType<Receipt> = z.object({
  event: z.string(),
  runs: z.array(z.string()),
  duplicate: z.boolean().optional(),
});

/** A door that answers later than this makes forges give up, too. */
const answerWithinMs = 30_000;

/** Posts it as a forge would; throws when it is not taken. */
export async function post(
  io: Pick<CliIo, 'signal'>,
  to: string,
  { headers, bytes }: Parcel,
): Promise<{ readonly json: unknown; readonly receipt: Receipt }> {
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(answerWithinMs)]);
  let response: Response;
  let text: string;
  try {
    response = await fetch(to, { method: 'POST', headers, body: bytes, signal, redirect: 'manual' });
    text = await readText(to, response);
  } catch (error) {
    throw error instanceof SignalboxError || io.signal.aborted ? error : noAnswer(to, error);
  }
  if (!response.ok) throw notTaken(to, response.status, 'x-hub-signature-256' in headers);
  const { json, value } = readAnswer(to, text, receipt);
  return { json, receipt: value };
}

/** The door tells strangers nothing but a status; what it may mean is told here. */
function notTaken(to: string, status: number, isSigned: boolean): SignalboxError {
  const refused = `${to} refused the delivery (${status})`;
  if (status === 401)
    return new SignalboxError(
      'unauthenticated',
      isSigned
        ? `${refused}: the secret is not the one in the configuration of the source`
        : `${refused}: it wants a signature, give --secret or set GITHUB_WEBHOOK_SECRET`,
    );
  if (status === 404)
    return new SignalboxError(
      'not_found',
      `${refused}: no source listens there, is it in the configuration?`,
    );
  if (status >= 300 && status < 400)
    return new SignalboxError(
      'invalid',
      `${to} redirects: redirects are not followed, give the right address with --to`,
    );
  if (status === 413)
    return new SignalboxError('too_large', `${refused}: it is larger than limits.body allows`);
  if (status === 503 || status === 429)
    return new SignalboxError('overloaded', `${refused}: the queue is full, try again later`);
  return new SignalboxError(
    status >= 500 ? 'unavailable' : 'invalid',
    `${refused}: "signalbox events refused" says why`,
  );
}
