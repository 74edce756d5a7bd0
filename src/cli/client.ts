import type { z } from 'zod';
import { SignalboxError } from '../domain/errors.ts';
import { foreign, noAnswer, refusal } from './answer-errors.ts';
import type { CliIo } from './io.ts';
import type { ServerAddress } from './server-address.ts';

/** Far more than any page of the API; a server that says more is broken. */
const largestAnswerBytes = 32 * 1024 * 1024;
/** The slowest honest answer is a dry run over many rules. */
const answerWithinMs = 30_000;
/** A stream that is alive says something, if only a comment, much more often. */
const silentAtMostMs = 60_000;

type Query = Readonly<Record<string, string | number | undefined>>;

/** The API's answer: as it came, for `--json`, and the part that is shown to people. */
interface Answer<Value> {
  readonly json: unknown;
  readonly value: Value;
}

/** The admin API of one server. Every failure is a `SignalboxError` that says what to do. */
export interface Api {
  readonly server: ServerAddress;
  get<Value>(path: string, schema: z.ZodType<Value>, query?: Query): Promise<Answer<Value>>;
  post<Value>(path: string, schema: z.ZodType<Value>, body?: unknown): Promise<Answer<Value>>;
  delete(path: string): Promise<void>;
  /** A body that may come for ever, piece by piece. */
  stream(path: string, headers: Readonly<Record<string, string>>): AsyncIterable<Uint8Array>;
}

export function createApi(io: Pick<CliIo, 'signal'>, server: ServerAddress): Api {
  const { admin } = server;

  const open = async (method: string, path: string, wish: Wish, signal: AbortSignal) => {
    const authorization = server.token === null ? {} : { authorization: `Bearer ${server.token}` };
    const headers = { ...wish.headers, ...authorization };
    const response = await fetch(admin + path, {
      method,
      headers,
      body: wish.body,
      signal,
      redirect: 'manual',
    });
    if (!response.ok) throw refusal(server, response, await readText(admin, response));
    return response;
  };

  const call = async (method: string, path: string, body: unknown) => {
    const signal = AbortSignal.any([io.signal, AbortSignal.timeout(answerWithinMs)]);
    const accept = { accept: 'application/json' };
    const wish =
      body === undefined
        ? { headers: accept, body: null }
        : { headers: { ...accept, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    try {
      return await readText(admin, await open(method, path, wish, signal));
    } catch (error) {
      throw translated(io, admin, error);
    }
  };

  return {
    server,
    get: async (path, schema, query = {}) =>
      read(admin, await call('GET', path + search(query), undefined), schema),
    post: async (path, schema, body) => read(admin, await call('POST', path, body), schema),
    async delete(path) {
      await call('DELETE', path, undefined);
    },
    async *stream(path, headers) {
      using silence = watchSilence();
      const signal = AbortSignal.any([io.signal, silence.signal]);
      try {
        const response = await open('GET', path, { headers, body: null }, signal);
        for await (const bytes of response.body ?? []) {
          silence.broken();
          yield bytes;
        }
      } catch (error) {
        throw translated(io, admin, error);
      }
    },
  };
}

interface Wish {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** An interruption stays what it is; everything else becomes an error that helps. */
function translated(io: Pick<CliIo, 'signal'>, admin: string, error: unknown): unknown {
  return error instanceof SignalboxError || io.signal.aborted ? error : noAnswer(admin, error);
}

function search(query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
}

/** The whole body, as long as it is of a size that an honest server sends. */
export async function readText(admin: string, response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > largestAnswerBytes) throw foreign(admin, `more than ${largestAnswerBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function read<Value>(admin: string, text: string, schema: z.ZodType<Value>): Answer<Value> {
  let json: unknown;
  let parsed: z.ZodSafeParseResult<Value>;
  try {
    json = JSON.parse(text);
    parsed = schema.safeParse(json);
  } catch (error) {
    // Not JSON, or nested so deeply that nothing can walk through it.
    throw foreign(admin, error instanceof Error ? error.message : 'it cannot be read');
  }
  if (parsed.success) return { json, value: parsed.data };
  const [issue] = parsed.error.issues;
  throw foreign(admin, `${issue?.path.join('.') || 'the answer'}: ${issue?.message}`);
}

/** Aborts when `broken` was not called for too long. */
function watchSilence(): { readonly signal: AbortSignal; broken(): void } & Disposable {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException('the stream fell silent', 'TimeoutError')),
    silentAtMostMs,
  );
  return {
    signal: controller.signal,
    broken: () => void timer.refresh(),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
