import type { Clock } from '../../contracts/clock.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { Pace, Purpose } from './pace.ts';
import { messageIn } from './wire.ts';

export interface ExchangeNeeds {
  /** Without a slash at the end. */
  readonly api: string;
  readonly token: string;
  readonly pace: Pace;
  readonly clock: Clock;
}

export interface Question {
  readonly purpose: Purpose;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Behind the base of the API. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the answer's body no more is read. */
  readonly mostBytes: number;
}

/** What Buildkite has to say. */
export type Answer =
  | {
      readonly result: 'answered';
      readonly status: number;
      readonly headers: Headers;
      readonly body: Uint8Array;
      /** Whether there was more than `mostBytes`. */
      readonly isCut: boolean;
    }
  /** Nothing, or that it has trouble of its own: nobody knows whether the question had an effect. */
  | { readonly result: 'unknown'; readonly reason: string };

export interface Exchange {
  /** Asks once, when its turn has come, and again as long as the rate limit is over. */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
  /** Asks until there is an answer: for what does no harm when it is done twice. `say` hears why it takes that long. */
  insist(
    question: Question,
    say: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Extract<Answer, { result: 'answered' }>>;
  /** Waits before the n-th repetition, from 0 on. */
  rest(n: number, signal: AbortSignal): Promise<void>;
}

/** From the connection to the last byte; that nobody is there is known after ten seconds, by `fetch` itself. */
const timeoutMs = 30_000;
/** Before the n-th repetition: 1 s, 2 s, 4 s, 8 s, 16 s, then 30 s each, and up to a quarter more. */
const rests = { firstMs: 1_000, mostMs: 30_000, jitter: 0.25 };
/** A token that was refused is not shown again for so long: whoever mends it restarts the server, or waits. */
const refusedMs = 60_000;

/** Speaks with Buildkite's API: at its pace, within limits of time and size, and with the token for nobody else. */
export function createExchange({ api, token, pace, clock }: ExchangeNeeds): Exchange {
  let refusedUntil = 0;

  async function once(question: Question, signal: AbortSignal): Promise<Answer | 'limited'> {
    if (clock.now() < refusedUntil) throw tokenRefused();
    const turn = await pace.turn(question.purpose, signal);
    try {
      const answer = await fetch(api + question.path, {
        method: question.method,
        headers: {
          authorization: `Bearer ${token}`,
          'user-agent': 'signalbox',
          ...(question.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...question.headers,
        },
        ...(question.body === undefined ? {} : { body: question.body }),
        redirect: 'manual', // the token goes nowhere else
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      turn.answered(answer);
      const { status, headers } = answer;
      const read = await readUpTo(answer, question.mostBytes);
      if (status === 429) return 'limited';
      if (status === 401) {
        refusedUntil = clock.now() + refusedMs;
        throw tokenRefused();
      }
      if (status >= 500 || status === 408)
        return { result: 'unknown', reason: `Buildkite answers ${status}` };
      if (status >= 300 && status < 400)
        throw new SignalboxError(
          'invalid',
          `${api} leads elsewhere (${status}): check providers.buildkite.api`,
        );
      // Of the API there are none: some proxy's, or a word about works on the house.
      if (status < 300 && headers.get('content-type')?.includes('text/html'))
        return { result: 'unknown', reason: 'Buildkite answers with a web page' };
      return { result: 'answered', status, headers, ...read };
    } catch (error) {
      if (error instanceof SignalboxError) throw error;
      signal.throwIfAborted();
      return { result: 'unknown', reason: `Buildkite does not answer: ${causeOf(error)}` };
    } finally {
      turn.answered(null);
    }
  }

  async function ask(question: Question, signal: AbortSignal): Promise<Answer> {
    for (;;) {
      const answer = await once(question, signal);
      if (answer !== 'limited') return answer;
    }
  }

  async function rest(n: number, signal: AbortSignal): Promise<void> {
    const ms = Math.min(rests.firstMs * 2 ** n, rests.mostMs);
    await clock.sleep(ms * (1 + Math.random() * rests.jitter), signal);
  }

  return {
    ask,
    rest,
    insist: async (question, say, signal) => {
      for (let tries = 0; ; tries += 1) {
        const answer = await ask(question, signal);
        if (answer.result === 'answered') return answer;
        if (tries === 0) say(`${answer.reason}: trying again`);
        await rest(tries, signal);
      }
    },
  };
}

/** What an answer other than yes says to whoever has to mend it. */
export function refusal(
  { status, body }: Extract<Answer, { result: 'answered' }>,
  doing: string,
): SignalboxError {
  const message = messageIn(Buffer.from(body).toString('utf8'));
  const said = message === null ? '' : `: ${message}`;
  if (status === 403)
    return new SignalboxError(
      'forbidden',
      `Buildkite refused the token for ${doing} (403${said}): it needs the scopes read_builds, write_builds and read_build_logs`,
    );
  return new SignalboxError(
    status === 404 ? 'not_found' : 'invalid',
    `Buildkite answers ${status} to ${doing}${said}`,
  );
}

const tokenRefused = (): SignalboxError =>
  new SignalboxError(
    'unauthenticated',
    'Buildkite refused the token: providers.buildkite.token is wrong, or was revoked',
  );

async function readUpTo(
  answer: Response,
  mostBytes: number,
): Promise<{ readonly body: Uint8Array; readonly isCut: boolean }> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the rest.
  for await (const piece of answer.body ?? []) {
    const taken: Uint8Array = piece.subarray(0, mostBytes - bytes);
    pieces.push(taken);
    bytes += taken.length;
    if (taken.length < piece.length) return { body: Buffer.concat(pieces), isCut: true };
  }
  return { body: Buffer.concat(pieces), isCut: false };
}

/** `fetch` hides what happened in the cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing came within ${timeoutMs / 1000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
