import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A commit status as GitHub's API takes it. */
export interface CommitStatus {
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string;
}

/** Enough of GitHub's API, on loopback, to show what GitHub would hear: it takes commit statuses and nothing else. */
export async function openDemoForge(
  onStatus: (status: CommitStatus) => void,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const sha = /^\/repos\/[^/]+\/[^/]+\/statuses\/([0-9a-f]{40})$/.exec(request.url ?? '')?.[1];
      if (request.method !== 'POST' || sha === undefined) return void response.writeHead(404).end('{}');
      const body: unknown = JSON.parse(Buffer.concat(pieces).toString());
      onStatus({
        sha,
        state: text(body, 'state'),
        context: text(body, 'context'),
        description: text(body, 'description'),
      });
      response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port(server.address())}`,
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function text(body: unknown, key: string): string {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, key) : undefined;
  return typeof value === 'string' ? value : '';
}

function port(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
