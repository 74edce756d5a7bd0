import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { TestRepository } from './git-repository.ts';

export interface GitServer extends AsyncDisposable {
  /** Clone URL, `http://127.0.0.1:PORT/remote.git`. */
  readonly url: string;
  readonly port: number;
  /** The requests that came, without bodies. */
  readonly requests: readonly { readonly path: string; readonly authorization: string | undefined }[];
  /** Sees every request first; one that it returns true for is its own to answer. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
}

/** Git's own HTTP server over a repository, on a free port of this machine. */
export async function serveRepository(
  repository: TestRepository,
  options: {
    /** Only who gives this password is let in. */
    readonly password?: string;
    /** Speaks only the protocol of old servers, which give out nothing but the tips of refs. */
    readonly old?: boolean;
  } = {},
): Promise<GitServer> {
  const requests: { path: string; authorization: string | undefined }[] = [];
  const root = dirname(repository.directory);

  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    requests.push({ path: request.url ?? '', authorization });
    if (made.intercept?.(request, response) === true) return;
    const given = Buffer.from((authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
    if (options.password !== undefined && given.split(':').slice(1).join(':') !== options.password) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' });
      return void response.end();
    }
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    answerGit(root, pathname, request, response, options.old === true);
  });
  server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { port } = server.address() as AddressInfo;

  const made: GitServer = {
    url: `http://127.0.0.1:${port}/remote.git`,
    port,
    requests,
    intercept: null,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return made;
}

/** One request by way of `git http-backend`, a CGI program: `path` begins below `root`. */
export function answerGit(
  root: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  old: boolean,
): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const protocol = request.headers['git-protocol'];
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      HOME: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(path),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      REMOTE_ADDR: '127.0.0.1',
      ...(old || typeof protocol !== 'string' ? {} : { GIT_PROTOCOL: protocol }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Whichever end goes away first ends the other.
  child.stdin.on('error', () => undefined);
  response.once('close', () => child.kill());
  request.pipe(child.stdin);

  let head = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const headers = head
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map(line => line.split(': ', 2) as [string, string]);
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(
      Number.parseInt(status, 10),
      Object.fromEntries(headers.filter(([name]) => name !== 'Status')),
    );
    response.write(head.subarray(end + 4));
  });
  child.once('close', () => response.end());
}
