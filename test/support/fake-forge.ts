import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the next requests are answered; `null` is as the forge does. */
export type Fault =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | ((request: IncomingMessage, response: ServerResponse) => void)
  | null;

/** The statuses API of a forge on a free port of this machine. */
export interface FakeForge<Status> extends AsyncDisposable {
  /** Base of its API. */
  readonly url: string;
  readonly token: string;
  /** The statuses it has accepted, in order. */
  readonly statuses: readonly Status[];
  /** How many requests came, accepted or not. */
  readonly requests: number;
  fault: Fault;
  /** Resolves with the first status, old or new, that passes. */
  status(passes: (status: Status) => boolean, signal?: AbortSignal): Promise<Status>;
}

/** What a forge thinks of a request: the status that it stores, or a thrown `Refusal`. */
export type TakeStatus<Status> = (
  request: { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: string },
  before: readonly Status[],
) => Status;

/** What a forge answers to questions; null: it does not know such a place. */
export type AnswerQuestion = (request: {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}) => { readonly json: unknown; readonly headers?: Readonly<Record<string, string>> } | null;

/** An answer other than yes. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Listens below `base`; records what `take` accepts, refuses what it throws, fails on demand. */
export async function startFakeForge<Status>(
  { base, token }: { readonly base: string; readonly token: string },
  take: TakeStatus<Status>,
  know: AnswerQuestion = () => null,
  accepted = 201,
): Promise<FakeForge<Status>> {
  const statuses: Status[] = [];
  const news = new EventTarget();
  let requests = 0;

  const server = createServer((request, response) => {
    requests++;
    if (typeof fake.fault === 'function') return fake.fault(request, response);
    if (fake.fault !== null) {
      response.writeHead(fake.fault.status, fake.fault.headers);
      return void response.end(fake.fault.body ?? JSON.stringify({ message: 'as the test wishes' }));
    }
    void record(request, response);
  });

  async function record(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = request.url ?? '';
      if (request.method === 'GET' && url.startsWith(`${base}/`)) {
        const { pathname, searchParams } = new URL(url, 'http://forge');
        const path = pathname.slice(base.length);
        const known = know({ path, query: searchParams, headers: request.headers });
        if (known === null) throw new Refusal(404, 'Not Found');
        return answer(response, 200, known.json, known.headers);
      }
      if (request.method !== 'POST' || !url.startsWith(`${base}/`)) throw new Refusal(404, 'Not Found');
      const body = Buffer.concat(await request.toArray()).toString();
      const status = take({ path: url.slice(base.length), headers: request.headers, body }, statuses);
      statuses.push(status);
      news.dispatchEvent(new Event('status'));
      answer(response, accepted, {});
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(400, String(error));
      answer(response, refusal.status, { message: refusal.message });
    }
  }

  server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { port } = server.address() as AddressInfo;

  const fake = {
    url: `http://127.0.0.1:${port}${base}`,
    token,
    statuses,
    get requests() {
      return requests;
    },
    fault: null as Fault,
    async status(passes: (status: Status) => boolean, signal = AbortSignal.timeout(10_000)) {
      for (;;) {
        const found = statuses.find(passes);
        if (found !== undefined) return found;
        await new Promise<void>((resolve, reject) => {
          signal.throwIfAborted();
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          news.addEventListener('status', () => resolve(), { once: true });
        });
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return fake;
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
