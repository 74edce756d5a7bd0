import { once } from 'node:events';
import { createServer } from 'node:http';
import { SignalboxError } from '../../../domain/errors.ts';

/** The one thing that a listener tells over HTTP. */
export interface HealthDoor extends AsyncDisposable {
  readonly url: string;
}

/** Opens a door on loopback at which `GET /healthz` says 200 while the listener is well, else 503. */
export async function openHealthDoor(port: number, isWell: () => boolean): Promise<HealthDoor> {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000 }, (request, response) => {
    const isAsked = request.url === '/healthz' && (request.method === 'GET' || request.method === 'HEAD');
    const well = isWell();
    response.writeHead(isAsked ? (well ? 200 : 503) : 404, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      connection: 'close',
    });
    response.end(isAsked ? JSON.stringify({ status: well ? 'ok' : 'not registered' }) : '{}');
  });
  server.maxConnections = 100;
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SignalboxError('unavailable', `port ${port} on 127.0.0.1 cannot be opened: ${why}`, { cause });
  }
  const address = server.address();
  const opened = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${opened}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
