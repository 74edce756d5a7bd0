import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A job of a build, which a test plays. */
export interface FakeJob {
  readonly id: string;
  readonly fields: Record<string, unknown>;
  log: Buffer;
  start(): FakeJob;
  print(text: string): FakeJob;
  end(state: string, exitStatus?: number | null): FakeJob;
}

interface Order {
  readonly commit?: string;
  readonly branch?: string;
  readonly message?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly meta_data?: Readonly<Record<string, string>>;
}

export interface FakeBuild {
  readonly id: string;
  readonly number: number;
  readonly pipeline: string;
  /** What the request that made it said. */
  readonly order: Order;
  readonly fields: Record<string, unknown>;
  readonly jobs: readonly FakeJob[];
  job(name: string, fields?: Readonly<Record<string, unknown>>): FakeJob;
  change(fields: Readonly<Record<string, unknown>>): FakeBuild;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** Takes a request from the API; false leaves it to that. `answer` is what the API would do. */
type Fault = (asked: Asked, response: ServerResponse, answer: () => void) => boolean;

export interface FakeBuildkite extends AsyncDisposable {
  /** Base of its API. */
  readonly api: string;
  readonly token: string;
  readonly builds: readonly FakeBuild[];
  readonly asked: readonly Asked[];
  /** How often more was asked than the limit allows. */
  readonly refusals: number;
  fault: Fault | null;
  /** Plays each new build. */
  onBuild: ((build: FakeBuild) => void) | null;
  /** Requests that the token's owner may make in a window of so many seconds. */
  limit: { requests: number; seconds: number };
  add(pipeline: string, order: Order): FakeBuild;
  /** Sends a webhook as Buildkite does; resolves to the answer. */
  hook(
    url: string,
    event: string,
    build: FakeBuild | null,
    proof: { readonly token: string } | { readonly key: string },
    changes?: Readonly<Record<string, unknown>>,
  ): Promise<Response>;
}

const organization = 'acme';

/** Buildkite's REST API and webhooks on a free port of this machine: strict about tokens, bodies, ranges and limits. */
export async function startFakeBuildkite(
  pipelines: readonly string[] = ['app', 'site'],
): Promise<FakeBuildkite> {
  const token = 'bkua_fakeToken0123456789';
  const builds: FakeBuild[] = [];
  const asked: Asked[] = [];
  let window = { from: Date.now(), count: 0 };
  let refusals = 0;

  const server = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray()).toString();
    const url = new URL(request.url ?? '', 'http://buildkite');
    const it = { method: request.method ?? '', path: url.pathname + url.search, headers: request.headers };
    asked.push(it);
    const answer = (): void => respond(request, url, body, response);
    if (fake.fault?.(it, response, answer) !== true) answer();
  }

  function respond(request: IncomingMessage, url: URL, body: string, response: ServerResponse): void {
    const json = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    if (request.headers.authorization !== `Bearer ${token}`)
      return json(401, { message: 'Authentication required. Please supply a valid API Access Token' });
    if (!counted(response, json)) return;
    const [, pipeline = '', rest = ''] =
      /^\/v2\/organizations\/acme\/pipelines\/([^/]+)\/builds(\/.*)?$/.exec(url.pathname) ?? [];
    if (!pipelines.includes(pipeline)) return json(404, { message: 'No pipeline found' });
    const its = builds.filter(build => build.pipeline === pipeline);
    if (rest === '' && request.method === 'POST') return create(pipeline, body, json);
    if (rest === '' && request.method === 'GET') {
      const run = url.searchParams.get('meta_data[signalbox:run]');
      const found = its.filter(({ order }) => run === null || order.meta_data?.['signalbox:run'] === run);
      return json(200, found.toReversed().map(wireOf));
    }
    const [, number, what = ''] = /^\/(\d+)(\/.*)?$/.exec(rest) ?? [];
    const build = its.find(each => String(each.number) === number);
    if (build === undefined) return json(404, { message: 'No build found' });
    if (what === '' && request.method === 'GET') return json(200, wireOf(build));
    if (what === '/cancel' && request.method === 'PUT') {
      if (!['scheduled', 'running', 'failing'].includes(String(build.fields['state'])))
        return json(422, { message: 'Build can’t be canceled because it’s already finished.' });
      return json(200, wireOf(build.change({ state: 'canceling' })));
    }
    const [, id] = /^\/jobs\/([^/]+)\/log$/.exec(what) ?? [];
    const job = build.jobs.find(each => each.id === id);
    if (job === undefined || request.method !== 'GET') return json(404, { message: 'No job found' });
    sendLog(request, job.log, response);
  }

  /** Counts against the limit, as the answer's headers tell. */
  function counted(response: ServerResponse, json: (status: number, value: unknown) => void): boolean {
    const { requests, seconds } = fake.limit;
    const now = Date.now();
    if (now - window.from >= seconds * 1000) window = { from: now, count: 0 };
    window.count += 1;
    const reset = Math.max(0, Math.ceil(seconds - (now - window.from) / 1000));
    const remaining = Math.max(0, requests - window.count);
    for (const [scope, limit, left] of [
      ['RateLimit', 200, 200 - (window.count % 200)],
      ['RateLimit-User', requests, remaining],
    ] as const) {
      response.setHeader(`${scope}-Limit`, limit);
      response.setHeader(`${scope}-Remaining`, left);
      response.setHeader(`${scope}-Reset`, reset);
    }
    if (window.count <= requests) return true;
    refusals += 1;
    const message = `You have exceeded your API rate limit. Please wait ${reset} seconds before making more requests.`;
    json(429, { message, scope: 'rest_user', limit: requests, current: window.count, reset });
    return false;
  }

  function create(pipeline: string, body: string, json: (status: number, value: unknown) => void): void {
    const order = JSON.parse(body) as Order;
    const texts = (value: unknown) =>
      value === undefined || Object.values(Object(value)).every(each => typeof each === 'string');
    if (!order.commit || !order.branch || !texts(order.env) || !texts(order.meta_data))
      return json(422, {
        message: 'Validation Failed',
        errors: [{ field: 'commit', code: 'missing_field' }],
      });
    json(201, wireOf(fake.add(pipeline, order)));
  }

  server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { port } = server.address() as AddressInfo;

  const fake: FakeBuildkite = {
    api: `http://127.0.0.1:${port}/v2`,
    token,
    builds,
    asked,
    get refusals() {
      return refusals;
    },
    fault: null,
    onBuild: null,
    limit: { requests: 100_000, seconds: 60 },
    add: (pipeline, order) => {
      const build = createBuild(pipeline, builds.length + 1, order);
      builds.push(build);
      fake.onBuild?.(build);
      return build;
    },
    hook: (url, event, build, proof, changes = {}) => {
      const { jobs: _jobs, ...told } = build === null ? { jobs: [] } : wireOf(build);
      const body = JSON.stringify({
        event,
        ...(build === null
          ? {}
          : { build: told, pipeline: { slug: build.pipeline }, organization: { slug: organization } }),
        sender: { id: randomUUID(), name: 'Pat' },
        ...changes,
      });
      const timestamp = Math.floor(Date.now() / 1000);
      const headers: Record<string, string> =
        'token' in proof
          ? { 'x-buildkite-token': proof.token }
          : {
              'x-buildkite-signature': `timestamp=${timestamp},signature=${createHmac('sha256', proof.key).update(`${timestamp}.${body}`).digest('hex')}`,
            };
      return fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-buildkite-event': event, ...headers },
      });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return fake;
}

/** Of a range only its end can be asked for. */
function sendLog(request: IncomingMessage, log: Buffer, response: ServerResponse): void {
  response.setHeader('content-type', 'text/plain');
  const { range, accept } = request.headers;
  if (accept !== 'text/plain') return void response.writeHead(406).end();
  if (range === undefined) return void response.end(log);
  const [, last] = /^bytes=-(\d+)$/.exec(range) ?? [];
  if (last === undefined) return void response.writeHead(400).end();
  if (log.length === 0) return void response.writeHead(416).end();
  const from = Math.max(0, log.length - Number(last));
  response.writeHead(206, { 'content-range': `bytes ${from}-${log.length - 1}/${log.length}` });
  response.end(log.subarray(from));
}

function wireOf({ id, number, pipeline, order, fields, jobs }: FakeBuild): Record<string, unknown> {
  return {
    id,
    number,
    url: `https://api.buildkite.com/v2/organizations/acme/pipelines/${pipeline}/builds/${number}`,
    web_url: `https://buildkite.com/acme/${pipeline}/builds/${number}`,
    source: 'api',
    rebuilt_from: null,
    ...order,
    ...fields,
    jobs: jobs.map(job => ({ id: job.id, ...job.fields })),
  };
}

function createBuild(pipeline: string, number: number, order: Order): FakeBuild {
  const jobs: FakeJob[] = [];
  const build: FakeBuild = {
    id: randomUUID(),
    number,
    pipeline,
    order,
    fields: { state: 'scheduled', blocked: false, cancel_reason: null },
    jobs,
    job: (name, fields = {}) => {
      const job = createJob({ name, state: 'scheduled', type: 'script', command: `run ${name}`, ...fields });
      jobs.push(job);
      return job;
    },
    change: fields => Object.assign(build, { fields: Object.assign(build.fields, fields) }),
  };
  return build;
}

function createJob(fields: Record<string, unknown>): FakeJob {
  const job: FakeJob = {
    id: randomUUID(),
    fields: { exit_status: null, soft_failed: false, retried: false, started_at: null, ...fields },
    log: Buffer.alloc(0),
    start: () => {
      Object.assign(job.fields, { state: 'running', started_at: new Date().toISOString() });
      return job;
    },
    print: text => {
      job.log = Buffer.concat([job.log, Buffer.from(text)]);
      return job;
    },
    end: (state, exitStatus = state === 'passed' ? 0 : null) => {
      Object.assign(job.fields, { state, exit_status: exitStatus });
      return job;
    },
  };
  return job;
}
