import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { createTalker, type SocketLimits, type Talker } from './talker.ts';

/** Opens WebSockets on which only the server talks. */
export interface Sockets {
  /** Shakes hands, talks, and hangs up when `talk` has ended. Neither of them rejects. */
  open(
    request: IncomingMessage,
    raw: Duplex,
    head: Buffer,
    talk: (talker: Talker) => Promise<void>,
  ): Promise<void>;
}

/** Code of a WebSocket that ends because the server does: readers come back. */
const goingAway = 1001;

/** `closing`: the server ends, and with it all that is open. */
export function createSockets(limits: SocketLimits, closing: AbortSignal): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // It would cost 300 KB of memory for each reader.
    perMessageDeflate: false,
    handleProtocols: () => false,
    maxPayload: limits.payloadBytes,
  });
  return {
    open: (request, raw, head, talk) =>
      new Promise(resolve => {
        raw.once('close', () => resolve());
        server.handleUpgrade(request, raw, head, socket => {
          const talker = createTalker(socket, raw, limits);
          const leave = (): void => talker.close(goingAway, 'the server is closing');
          closing.addEventListener('abort', leave);
          if (closing.aborted) leave();
          void talk(talker).finally(() => {
            closing.removeEventListener('abort', leave);
            talker.end();
            resolve();
          });
        });
      }),
  };
}
