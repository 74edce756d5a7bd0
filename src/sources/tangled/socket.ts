import { WebSocket } from 'ws';
import { SignalboxError } from '../../domain/errors.ts';
import type { Net } from './net.ts';

/** What comes over a socket. */
export type Frame =
  | { readonly kind: 'text'; readonly text: string }
  /** Nothing that can be read: too large, or binary. */
  | { readonly kind: 'unreadable'; readonly why: string };

export interface SocketLimits {
  /** A longer frame is left out. */
  readonly frameBytes: number;
  /** Silent for so long, the other side is asked for a sign of life … */
  readonly pingMs: number;
  /** … and silent for so long, it counts as gone. */
  readonly deadMs: number;
}

export const socketLimits: SocketLimits = {
  frameBytes: 4 * 1024 * 1024, // a pipeline with every workflow of a big repository
  pingMs: 30_000, // as knots and spindles do it
  deadMs: 90_000, // as the readers of spindles have it
};

/** What is held in memory before the limit on frames can be looked at; a longer frame ends the connection. */
const hardestBytes = 64 * 1024 * 1024;
/** So many frames, or the bytes of so many of the longest, may wait to be taken; then the other side is made to wait. */
const mostWaiting = 64;
const mostLongestWaiting = 2;
const handshakeMs = 15_000;

/**
 * The frames of a WebSocket until the other side closes it. They are read no faster than they are taken. Throws
 * `unavailable` when it cannot be opened or breaks, `forbidden` where it may not lead; ends quietly with the signal.
 */
export async function* openSocket(
  net: Pick<Net, 'agentFor'>,
  url: URL,
  limits: SocketLimits,
  opened: () => void,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  if (signal.aborted) return;
  const socket = new WebSocket(url, {
    agent: net.agentFor(url),
    followRedirects: false,
    handshakeTimeout: handshakeMs,
    maxPayload: hardestBytes,
    // What is packed well is a way to fill memory.
    perMessageDeflate: false,
    headers: { 'user-agent': 'signalbox' },
  });
  const waiting: { readonly frame: Frame; readonly bytes: number }[] = [];
  let waitingBytes = 0;
  let arrived = Promise.withResolvers<void>();
  let over = false;
  const failures: SignalboxError[] = [];
  let heardAt = Date.now();

  const end = (): void => {
    over = true;
    arrived.resolve();
  };
  const fail = (why: string, cause: unknown): void => {
    failures.push(new SignalboxError('unavailable', `${url.host} ${why}`, { cause }));
    end();
  };
  socket.on('open', opened);
  socket.on('error', error => fail(`cannot be followed: ${error.message}`, error));
  socket.on('close', end);
  socket.on('ping', () => (heardAt = Date.now()));
  socket.on('pong', () => (heardAt = Date.now()));
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    heardAt = Date.now();
    const frame = readFrame(data, isBinary, limits.frameBytes);
    const bytes = frame.kind === 'text' ? data.byteLength : 0;
    waiting.push({ frame, bytes });
    waitingBytes += bytes;
    if (waiting.length >= mostWaiting || waitingBytes >= mostLongestWaiting * limits.frameBytes)
      socket.pause();
    arrived.resolve();
  });
  const watch = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN || socket.isPaused) return;
    const silentMs = Date.now() - heardAt;
    if (silentMs >= limits.deadMs) fail(`was silent for ${Math.round(silentMs / 1000)} s`, undefined);
    else if (silentMs >= limits.pingMs) socket.ping();
  }, limits.pingMs / 2).unref();
  signal.addEventListener('abort', end, { once: true });

  try {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) {
        if (signal.aborted) return;
        waitingBytes -= next.bytes;
        yield next.frame;
        continue;
      }
      const [failure] = failures;
      if (failure !== undefined) throw failure;
      if (over) return;
      if (socket.isPaused) {
        heardAt = Date.now();
        socket.resume();
      }
      await arrived.promise;
      arrived = Promise.withResolvers();
    }
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', end);
    socket.terminate();
  }
}

function readFrame(data: Buffer, isBinary: boolean, mostBytes: number): Frame {
  if (isBinary) return { kind: 'unreadable', why: 'a binary frame' };
  if (data.byteLength > mostBytes)
    return { kind: 'unreadable', why: `a frame of more than ${mostBytes} bytes` };
  return { kind: 'text', text: data.toString('utf8') };
}
