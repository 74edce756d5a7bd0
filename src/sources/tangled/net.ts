import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { SignalboxError } from '../../domain/errors.ts';
import { cut } from '../../domain/shown.ts';
import { hiddenHost, publicLookup } from '../../lib/public-lookup.ts';
import { parseJson } from './parse-json.ts';
import type { TangledSettings } from './settings.ts';

/** An answer over HTTP; redirects are answers, too. */
export interface NetAnswer {
  readonly status: number;
  /** Without parameters, in lower case; empty where there is none. */
  readonly contentType: string;
  readonly bytes: Buffer;
}

/**
 * The way out. Most addresses that a spindle calls come out of records that anybody can write: they lead to the public
 * internet over TLS, or nowhere, unless the settings say otherwise. The address that is looked at is the one that is
 * connected to.
 */
export interface Net {
  /** Throws `unavailable` where nothing answers in time, `forbidden`, and `too_large`. */
  get(url: URL, mostBytes: number, signal: AbortSignal): Promise<NetAnswer>;
  /**
   * Like `get`, for JSON. What is not 2xx is `not_found` where there is no such thing or no such question, `invalid` for
   * another 4xx, else `unavailable`.
   */
  json(url: URL, signal: AbortSignal): Promise<unknown>;
  /** For libraries that want a `fetch`. */
  readonly fetch: typeof fetch;
  /** What a WebSocket needs to go the same way; throws `forbidden`. */
  agentFor(url: URL): HttpAgent;
  /** Where a host is called, which is named as knots and spindles are: `host` or `host:port`. */
  at(host: string, path: string, kind?: 'http' | 'ws'): URL;
}

/** One question is over by then. */
const timeoutMs = 15_000;
/** A page of a hundred records, each of them big. */
const mostJsonBytes = 8 * 1024 * 1024;

export function createNet(
  settings: Pick<TangledSettings, 'dev' | 'allowsPrivateHosts' | 'plc' | 'jetstream'>,
): Net {
  const { dev } = settings;
  const open = { http: new HttpAgent(), https: new HttpsAgent() };
  const guarded = {
    http: new HttpAgent({ lookup: publicLookup }),
    https: new HttpsAgent({ lookup: publicLookup }),
  };
  // Whoever writes an address into the configuration means it.
  const chosen = new Set(
    [settings.plc, settings.jetstream].flatMap(url => (url === null ? [] : [new URL(url).host])),
  );

  function agentFor(url: URL): HttpAgent {
    const isPlain = url.protocol === 'http:' || url.protocol === 'ws:';
    const isChosen = chosen.has(url.host);
    if (isPlain && !dev && !isChosen) throw refused(url, 'is not encrypted');
    const isOpen = dev || isChosen || settings.allowsPrivateHosts;
    const hidden = isOpen ? null : hiddenHost(url);
    if (hidden !== null) throw refused(url, hidden);
    const agents = isOpen ? open : guarded;
    return isPlain ? agents.http : agents.https;
  }

  async function get(url: URL, mostBytes: number, signal: AbortSignal): Promise<NetAnswer> {
    const agent = agentFor(url);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const request = url.protocol === 'http:' ? httpRequest : httpsRequest;
    try {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const headers = { accept: 'application/json, */*;q=0.5', 'user-agent': 'signalbox' };
        request(url, { agent, signal: limit, headers }, resolve).on('error', reject).end();
      });
      const [contentType = ''] = (answer.headers['content-type'] ?? '').toLowerCase().split(';');
      return {
        status: answer.statusCode ?? 0,
        contentType: contentType.trim(),
        bytes: await read(answer, url, mostBytes),
      };
    } catch (cause) {
      signal.throwIfAborted();
      throw cause instanceof SignalboxError ? cause : noAnswer(url, reasonOf(cause), cause);
    }
  }

  return {
    get,
    agentFor,
    async json(url, signal) {
      const { status, bytes } = await get(url, mostJsonBytes, signal);
      const isFinal = (status >= 400 && status < 500 && status !== 408 && status !== 429) || status === 501;
      if (isFinal)
        throw new SignalboxError(
          status === 404 || status === 501 ? 'not_found' : 'invalid',
          `${placeOf(url)} answers ${status}${said(bytes)}`,
        );
      if (status < 200 || status > 299) throw noAnswer(url, `it answers ${status}`, undefined);
      try {
        return parseJson(bytes.toString('utf8'));
      } catch (cause) {
        throw noAnswer(url, 'what it answers is not JSON', cause);
      }
    },
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      // Documents of `did:web` are looked for over TLS by those who know nothing of `dev`.
      if (dev && url.protocol === 'https:' && !chosen.has(url.host)) url.protocol = 'http:';
      const { status, contentType, bytes } = await get(
        url,
        mostJsonBytes,
        init?.signal ?? AbortSignal.timeout(timeoutMs),
      );
      const isBodiless = status === 204 || status === 304;
      return new Response(isBodiless ? null : new Uint8Array(bytes), {
        status,
        headers: { 'content-type': contentType },
      });
    },
    at: (host, path, kind = 'http') => new URL(path, `${kind}${dev ? '' : 's'}://${host}`),
  };
}

async function read(answer: IncomingMessage, url: URL, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer) {
    bytes += piece.length;
    // Leaving the loop ends the connection.
    if (bytes > mostBytes)
      throw new SignalboxError('too_large', `${placeOf(url)} answers with more than ${mostBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** What an XRPC service says is wrong. */
function said(bytes: Buffer): string {
  const text = cut(bytes.toString('utf8').replace(/\s+/g, ' ').trim());
  return text === '' ? '' : `: ${text}`;
}

const placeOf = ({ host, pathname }: URL): string => host + pathname;
const noAnswer = (url: URL, why: string, cause: unknown): SignalboxError =>
  new SignalboxError('unavailable', `${placeOf(url)} does not answer as it should: ${why}`, { cause });
const refused = (url: URL, why: string): SignalboxError =>
  new SignalboxError(
    'forbidden',
    `${url.host} is not called: ${why}; set sources.tangled.dev where that is meant`,
  );

/** Where there are several addresses, each failed. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  if (!(error instanceof Error)) return String(error);
  return error.name === 'AbortError' || error.name === 'TimeoutError'
    ? `nothing came within ${timeoutMs / 1000} s`
    : error.message;
}
