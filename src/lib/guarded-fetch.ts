import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { hiddenHost, NotPublicError, publicLookup } from './public-lookup.ts';

/** A request whose body is a text. */
export interface GuardedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

const agents = {
  http: new HttpAgent({ lookup: publicLookup }),
  https: new HttpsAgent({ lookup: publicLookup }),
};

/**
 * Asks a host on the public internet, and no other: the address that is looked at is the one that is connected to.
 * Redirects are answers. Throws `NotPublicError` for others, and where nothing answers.
 */
export async function guardedFetch(
  address: string,
  { method, headers, body, signal }: GuardedRequest,
): Promise<Response> {
  const url = new URL(address);
  if (hiddenHost(url) !== null) throw new NotPublicError(url.hostname, url.hostname);
  const isPlain = url.protocol === 'http:';
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { method, headers, signal, agent: isPlain ? agents.http : agents.https };
    (isPlain ? httpRequest : httpsRequest)(url, options, resolve).on('error', reject).end(body);
  });
  const status = answer.statusCode ?? 0;
  const isBodiless = status === 204 || status === 205 || status === 304;
  // What is not read must not keep the connection.
  if (isBodiless) answer.resume();
  return new Response(isBodiless ? null : Readable.toWeb(answer), { status, headers: headersOf(answer) });
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
}
