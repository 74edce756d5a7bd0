import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { carriesBody, type Head, headText, informationalText } from './head.ts';
import type { HttpAnswer, HttpRequest } from './message.ts';

/** After the last answer, what the sender still sends is thrown away for so long: a reset would take the answer with it. */
const lingerMs = 500;

/** Sends an answer; resolves to the length of its body when it is out, or nobody is there to take it. */
export async function send(
  { socket, response }: { readonly socket: Socket; readonly response: ServerResponse },
  request: Pick<HttpRequest, 'method' | 'version'>,
  answer: HttpAnswer,
  head: Head,
): Promise<number> {
  if (answer.informational !== null)
    socket.write(informationalText(request.version, answer.informational, answer), 'latin1');
  const pieces = carriesBody(request, answer) ? answer.body : new Uint8Array();
  return head.closes ? sendLast(socket, request, head, pieces) : sendNext(response, head, pieces);
}

/** The connection goes on: Node has to know where the answer ends. */
async function sendNext(response: ServerResponse, head: Head, body: HttpAnswer['body']): Promise<number> {
  // Its end has been told already.
  if (response.destroyed) return 0;
  response.sendDate = false;
  response.removeHeader('Connection');
  response.writeHead(head.status, head.reason, head.fields.flat());
  // Who watches something wants to know that it has begun.
  if (!(body instanceof Uint8Array)) response.flushHeaders();
  const length = await pour(body, piece => response.write(piece), response);
  if (response.destroyed) return length;
  const closed = once(response, 'close');
  response.end();
  await closed;
  return length;
}

/** Nothing follows: written as it is, so that also the version is the request's. */
async function sendLast(
  socket: Socket,
  { version }: Pick<HttpRequest, 'version'>,
  head: Head,
  body: HttpAnswer['body'],
): Promise<number> {
  socket.write(headText(version, head), 'latin1');
  const write = (piece: Uint8Array): boolean => {
    if (!head.chunked) return socket.write(piece);
    socket.write(`${piece.byteLength.toString(16)}\r\n`);
    socket.write(piece);
    return socket.write('\r\n');
  };
  const length = await pour(body, write, socket);
  endSoon(socket, head.chunked ? '0\r\n\r\n' : '');
  return length;
}

/** Ends a connection gently. */
export function endSoon(socket: Socket, last: string): void {
  if (socket.destroyed) return;
  socket.end(last, 'latin1');
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}

/** Writes piece by piece, no faster than the other side takes them. */
async function pour(
  body: HttpAnswer['body'],
  write: (piece: Uint8Array) => boolean,
  drain: Socket | ServerResponse,
): Promise<number> {
  let length = 0;
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    if (piece.byteLength === 0) continue;
    if (drain.destroyed) break;
    length += piece.byteLength;
    if (write(piece)) continue;
    const settled = new AbortController();
    const { signal } = settled;
    await Promise.race([once(drain, 'drain', { signal }), once(drain, 'close', { signal })]).finally(() =>
      settled.abort(),
    );
  }
  return length;
}
