import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One commit status as GitHub would have stored it. */
interface RecordedStatus {
  readonly repo: string;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly target_url?: string;
}

/** How the next requests are answered; `null` is as GitHub does. */
export type Fault =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | ((request: IncomingMessage, response: ServerResponse) => void)
  | null;

export interface FakeGithub extends AsyncDisposable {
  /** Base of its API: `http://127.0.0.1:PORT/api/v3`. */
  readonly url: string;
  readonly token: string;
  /** The statuses it has accepted, in order. */
  readonly statuses: readonly RecordedStatus[];
  /** How many requests came, accepted or not. */
  readonly requests: number;
  fault: Fault;
  /** Resolves with the first status, old or new, that passes. */
  status(passes: (status: RecordedStatus) => boolean, signal?: AbortSignal): Promise<RecordedStatus>;
}

/** GitHub's statuses API on a free port of this machine: checks the token, records what it is told, fails on demand. */
export async function startFakeGithub({
  token = 'ghs_fakeToken0123456789',
}: {
  readonly token?: string;
} = {}): Promise<FakeGithub> {
  const statuses: RecordedStatus[] = [];
  const news = new EventTarget();
  let requests = 0;

  const server = createServer((request, response) => {
    requests++;
    if (typeof fake.fault === 'function') return fake.fault(request, response);
    if (fake.fault !== null) {
      response.writeHead(fake.fault.status, fake.fault.headers);
      return void response.end(fake.fault.body ?? JSON.stringify({ message: 'as the test wishes' }));
    }
    void take(request, response);
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const status = await record(request);
      statuses.push(status);
      news.dispatchEvent(new Event('status'));
      answer(response, 201, { state: status.state });
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(400, String(error));
      answer(response, refusal.status, { message: refusal.message });
    }
  }

  async function record(request: IncomingMessage): Promise<RecordedStatus> {
    if (request.headers.authorization !== `Bearer ${token}`) throw new Refusal(401, 'Bad credentials');
    const [, owner, name, sha] =
      /^\/api\/v3\/repos\/([^/]+)\/([^/]+)\/statuses\/([0-9a-f]{40})$/.exec(request.url ?? '') ?? [];
    if (request.method !== 'POST' || sha === undefined) throw new Refusal(404, 'Not Found');
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Omit<
      RecordedStatus,
      'repo' | 'sha'
    >;
    if (
      !['pending', 'success', 'failure', 'error'].includes(body.state) ||
      Array.from(body.description).length > 140
    )
      throw new Refusal(422, 'Validation Failed');
    return { repo: `${owner}/${name}`, sha, ...body };
  }

  server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { port } = server.address() as AddressInfo;

  const fake = {
    url: `http://127.0.0.1:${port}/api/v3`,
    token,
    statuses,
    get requests() {
      return requests;
    },
    fault: null as Fault,
    async status(passes: (status: RecordedStatus) => boolean, signal = AbortSignal.timeout(10_000)) {
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

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
