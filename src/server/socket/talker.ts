import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { within } from '../../lib/within.ts';

/** What one WebSocket may cost. */
export interface SocketLimits {
  /** Proxies end what is quiet for a minute. */
  readonly pingMs: number;
  /** A ping that is not on its way by then has nowhere to go. */
  readonly pingWriteMs: number;
  /** Who reads answers a ping by then: with the two above, who does not is gone within a minute. */
  readonly pongMs: number;
  /** What is written at once, some 64 KB, is taken by then: slower lines than 6 KB a second are none. */
  readonly writeMs: number;
  /** The other side may say goodbye for so long. */
  readonly closeMs: number;
  /** Nothing that clients send is of any use here. */
  readonly payloadBytes: number;
}

export const socketLimits: SocketLimits = {
  pingMs: 30_000,
  pingWriteMs: 1_000,
  pongMs: 25_000,
  writeMs: 10_000,
  closeMs: 1_000,
  payloadBytes: 1_024,
};

/** The talking end of a WebSocket to somebody who only listens. */
export interface Talker {
  /** Aborts when the other side has gone, or was given up because it does not read. */
  readonly gone: AbortSignal;
  /** Writes whole frames; resolves when the system has taken them. Writes nothing when the other side has gone. */
  write(frames: Uint8Array): Promise<void>;
  /** Says goodbye with a code and a reason, and hangs up a little later; the first goodbye counts. */
  close(code: number, reason: string): void;
  /** Hangs up without a goodbye, unless there was one. */
  end(): void;
}

/** Pings, and gives up whoever takes nothing. Frames go to the raw socket as they are: they may be shared by thousands. */
export function createTalker(socket: WebSocket, raw: Duplex, limits: SocketLimits): Talker {
  const gone = new AbortController();
  const leave = (): void => gone.abort('the reader has left');
  const giveUp = (): void => socket.terminate();
  let pong: NodeJS.Timeout | undefined;
  const ping = setInterval(() => {
    // Whatever is being written has its own time.
    if (raw.writableLength > 0 || socket.readyState !== socket.OPEN) return;
    const unsent = setTimeout(giveUp, limits.pingWriteMs);
    socket.ping(undefined, false, () => clearTimeout(unsent));
    clearTimeout(pong);
    pong = setTimeout(giveUp, limits.pongMs);
  }, limits.pingMs);
  socket.on('pong', () => clearTimeout(pong));
  socket.on('error', leave);
  socket.on('close', () => {
    clearInterval(ping);
    clearTimeout(pong);
    leave();
  });

  return {
    gone: gone.signal,
    async write(frames) {
      if (socket.readyState !== socket.OPEN) return leave();
      const taken = new Promise<void>(resolve => raw.write(frames, () => resolve()));
      if (await within(limits.writeMs, taken)) return;
      leave();
      socket.terminate();
    },
    close(code, reason) {
      socket.close(code, reason);
      setTimeout(() => socket.terminate(), limits.closeMs).unref();
    },
    end() {
      if (socket.readyState === socket.OPEN) socket.terminate();
    },
  };
}
