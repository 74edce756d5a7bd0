import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** A server on loopback for requests and sockets. */
export interface SocketServer extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Those that are open now. */
  readonly sockets: ReadonlySet<WebSocket>;
}

export async function startSocketServer(
  answer: RequestListener,
  /** False: the socket is refused. */
  opened: (socket: WebSocket, url: URL) => boolean,
): Promise<SocketServer> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  const upgrades = new WebSocketServer({ noServer: true });
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('upgrade', (request, stream: Duplex, head: Buffer) =>
    upgrades.handleUpgrade(request, stream, head, socket => {
      socket.on('error', () => undefined);
      if (!opened(socket, new URL(request.url ?? '/', `ws://${host}`))) socket.terminate();
    }),
  );
  return {
    host,
    sockets: upgrades.clients,
    async [Symbol.asyncDispose]() {
      for (const socket of upgrades.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
