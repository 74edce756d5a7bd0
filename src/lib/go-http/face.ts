import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { BodyRoom } from '../body-room.ts';
import { type BodyReader, createBodyReader } from './body.ts';
import { watchFirstLines } from './first-line.ts';
import { headOf } from './head.ts';
import type { Field, HttpAnswer, HttpHandler, HttpRequest } from './message.ts';
import { readHead } from './read-head.ts';
import { faultOf, refusalOf, refusalText } from './refusal.ts';
import { endSoon, send } from './send.ts';

export interface FaceOptions {
  /** Null: plain HTTP. */
  readonly tls: TlsOptions | null;
  readonly limits: FaceLimits;
  /** How much of all bodies may be in memory. */
  readonly room: BodyRoom;
  /** What names a request in the log. */
  readonly nameRequest: (headers: readonly Field[]) => string;
  /** Called when an answer is out; `bytes` is the length of its body. */
  readonly answered: (request: HttpRequest, answer: Answered) => void;
  /** Called when the handler threw; the sender gets a bare 500. */
  readonly failed: (request: HttpRequest, error: unknown) => void;
}

export interface Answered {
  readonly status: number;
  readonly bytes: number;
  readonly elapsedMs: number;
}

export interface FaceLimits {
  /** From the first byte of a request to the end of its head. */
  readonly headMs: number;
  /** From the first byte of a request to its last. */
  readonly requestMs: number;
  /** Between two requests of a connection. */
  readonly idleMs: number;
}

/** As Go has it, but for the times: Go waits without end. */
export const faceLimits: FaceLimits = { headMs: 60_000, requestMs: 600_000, idleMs: 120_000 };

/** The times are looked after this often. */
const checkMs = 5_000;
/** As Go has it. */
const longestHeadBytes = 1_052_672;
/** What of a body nobody read is thrown away to keep the connection; as Go has it. */
const skippedBytes = 262_144;
/** Requests of one connection that wait for the answer to the one before; more than that is no honest sender. */
const mostWaiting = 100;

/** A connection answers its requests one after the other. */
interface Line {
  /** Requests that are read and not answered. */
  waiting: number;
  /** Settles with the answer to the newest of them. Never rejects. */
  turn: Promise<void>;
  /** The body that is coming in. */
  body: BodyReader | null;
  /** Nothing more is answered. */
  isOver: boolean;
}

/** A server, not listening yet, that answers as programs do that are written with Go's net/http: the same bytes. */
export function createFace(handler: HttpHandler, options: FaceOptions): Server {
  const lines = new WeakMap<Socket, Line>();
  const lineOf = (socket: Socket): Line => {
    const line = lines.get(socket) ?? { waiting: 0, turn: Promise.resolve(), body: null, isOver: false };
    lines.set(socket, line);
    return line;
  };
  const take =
    (expects: boolean): RequestListener =>
    (incoming, response) => {
      const { socket } = incoming;
      const line = lineOf(socket);
      const body = createBodyReader(incoming, () => {
        if (expects) response.writeContinue();
      });
      line.body = body;
      line.waiting += 1;
      if (line.waiting > mostWaiting) {
        socket.destroy();
        return;
      }
      line.turn = line.turn
        .then(() => (line.isOver ? undefined : handle({ line, incoming, response, body, expects })))
        .catch(() => void socket.destroy())
        .finally(() => {
          line.waiting -= 1;
        });
    };

  async function handle({ line, incoming, response, body, expects }: Turn): Promise<void> {
    const { socket } = incoming;
    const taken = firstLines.takeMethod(socket);
    const startedMs = performance.now();
    const read = readHead(incoming);
    const { headers } = read;
    const fault = faultOf(incoming.httpVersion, headers);
    const end = (last: string) => {
      line.isOver = true;
      endSoon(socket, last);
    };
    if (fault !== null) return end(fault);
    let isRead = false;
    let watched: ReturnType<BodyRoom['watch']> | undefined;
    const gone = new AbortController();
    response.once('close', () => gone.abort(left));
    const request: HttpRequest = {
      id: options.nameRequest(headers),
      ...read,
      method: taken ?? read.method,
      gone: gone.signal,
      readBody: async mostBytes => {
        isRead = true;
        watched = options.room.watch(incoming, response);
        return body.read(mostBytes);
      },
      bodyDone: () => watched?.letGo(),
    };
    const answer = await handler(request).catch((error: unknown) => {
      options.failed(request, error);
      return broken;
    });
    if (answer === 'bad request') return end(refusalText('400 Bad Request'));
    // Who waits to be asked for a body that nobody wanted would take the next answer for the question.
    const isThrough = expects && !isRead ? false : await body.skip(skippedBytes);
    const head = headOf(request, answer, { now: new Date(), mustClose: !isThrough });
    line.isOver = head.closes;
    // Else the sender would not get to reading the answer.
    if (!isThrough) incoming.resume();
    const bytes = await send({ socket, response }, request, answer, head);
    options.answered(request, { status: head.status, bytes, elapsedMs: performance.now() - startedMs });
    if (socket.readableEnded) socket.end();
  }

  const settings = {
    requireHostHeader: false,
    maxHeaderSize: longestHeadBytes,
    headersTimeout: options.limits.headMs,
    requestTimeout: options.limits.requestMs,
    keepAliveTimeout: options.limits.idleMs,
    connectionsCheckingInterval: Math.min(checkMs, options.limits.headMs),
  };
  const server =
    options.tls === null ? createServer(settings) : createTlsServer({ ...settings, ...options.tls });
  const arrival = options.tls === null ? 'connection' : 'secureConnection';
  const firstLines = watchFirstLines(server, arrival, options.limits.headMs);
  // Node does not know of connections that have said nothing yet; to it they would be idle as well.
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    firstLines.close();
    closeIdle();
  };
  // As in Go, only their bytes are limited.
  server.maxHeadersCount = 0;
  // Who has said all may still listen: without it Node would close such connections unanswered.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('request', take(false));
  server.on('checkContinue', take(true));
  server.on('checkExpectation', incoming => expectationFailed(lineOf(incoming.socket), incoming));
  server.on('clientError', (trouble: Error & { readonly code?: string }, socket: Socket) => {
    const line = lineOf(socket);
    if (line.waiting > 0) line.body?.cut();
    void line.turn.then(() => {
      if (line.isOver) return;
      line.isOver = true;
      const refusal = refusalOf(trouble.code ?? '');
      if (refusal === null) socket.destroy();
      else endSoon(socket, refusal);
    });
  });
  return server;
}

interface Turn {
  readonly line: Line;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: BodyReader;
  readonly expects: boolean;
}

/** Why nobody waits for an answer any more. An error, with its stack, would cost more than most answers. */
const left = 'the sender has left';

/** What a sender gets when the handler threw. */
const broken: HttpAnswer = {
  status: 500,
  informational: null,
  headers: [],
  aboutBody: [['Content-Length', '0']],
  body: new Uint8Array(),
};

function expectationFailed(line: Line, { socket, httpVersion }: IncomingMessage): void {
  const date = new Date().toUTCString();
  void line.turn.then(() => {
    line.isOver = true;
    endSoon(
      socket,
      `HTTP/${httpVersion} 417 Expectation Failed\r\nConnection: close\r\nDate: ${date}\r\nContent-Length: 0\r\n\r\n`,
    );
  });
}
