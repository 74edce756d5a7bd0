import type { z } from 'zod';
import { SignalboxError } from '../domain/errors.ts';
import { type Answer, readAnswer, readText } from './answer.ts';
import { noAnswer, refusal } from './answer-errors.ts';
import type { CliIo } from './io.ts';
import type { ServerAddress } from './server-address.ts';

/** The slowest honest answer is a dry run over many rules. */
const answerWithinMs = 30_000;
/** A stream that is alive says something, if only a comment, much more often. */
const silentAtMostMs = 60_000;

type Query = Readonly<Record<string, string | number | undefined>>;

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
      readAnswer(admin, await call('GET', path + search(query), undefined), schema),
    post: async (path, schema, body) => readAnswer(admin, await call('POST', path, body), schema),
    async delete(path) {
      await call('DELETE', path, undefined);
    },
    async *stream(path, headers) {
      using silence = watchSilence();
      const signal = AbortSignal.any([io.signal, silence.signal]);
      try {
        const response = await open('GET', path, { headers, body: null }, signal);
        for await (const bytes of response.body ?? []) {
          silence.heard();
          // However long the consumer takes: a pager may be open on stdout.
          yield bytes;
          silence.waits();
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

/** Aborts when a wait took too long. Begins with one. */
function watchSilence(): { readonly signal: AbortSignal; waits(): void; heard(): void } & Disposable {
  const controller = new AbortController();
  const tooLong = () => controller.abort(new DOMException('the stream fell silent', 'TimeoutError'));
  let timer = setTimeout(tooLong, silentAtMostMs);
  const heard = () => clearTimeout(timer);
  return {
    signal: controller.signal,
    heard,
    waits() {
      timer = setTimeout(tooLong, silentAtMostMs);
    },
    [Symbol.dispose]: heard,
  };
}
