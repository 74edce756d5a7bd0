import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import type { DoorLimits } from './door-limits.ts';
import { problem, problemType, sendProblem } from './problem.ts';

/**
 * A server without routes, hardened against clients that are slow, endless or ambiguous. All answers bear `headers`.
 * Requests to speak another protocol are requests like all others, but for those that `upgrades` says are not.
 */
export function createServer(
  limits: DoorLimits,
  bodyLimitBytes: number,
  headers: Readonly<Record<string, string>>,
  upgrades: (request: IncomingMessage) => boolean = () => false,
): FastifyInstance {
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: limits.requestMs,
    maxRequestsPerSocket: limits.requestsPerSocket,
    // A HEAD must not do what its GET does (a sign-in link works once); routes that want HEAD say so.
    exposeHeadRoutes: false,
    // A path that cannot be decoded names nothing here.
    frameworkErrors: (_error, _request, reply) => void sendProblem(reply.headers(headers), 404),
    clientErrorHandler: refuseClient,
    http: {
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      maxHeaderSize: limits.headerBytes,
      shouldUpgradeCallback: upgrades,
    },
  });
  app.server.maxConnections = limits.connections;
  app.addHook('onRequest', async (_request, reply) => void reply.headers(headers));
  return app;
}

/** Answers what is not HTTP, or comes too slowly, and closes: nothing that follows on that socket can be trusted. */
function refuseClient(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = clientErrors[error.code ?? ''] ?? 400;
  const body = JSON.stringify(problem(status));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

const clientErrors: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
