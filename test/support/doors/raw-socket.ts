import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** For tests that no HTTP client would send: bytes as given, and everything that came back until the server closed. */
export async function exchange(url: string, ...pieces: readonly string[]): Promise<string> {
  const socket = await openSocket(url);
  const answer = untilClosed(socket);
  for (const piece of pieces) socket.write(piece);
  return answer;
}

export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // A server that closes early may answer later writes with a reset: what it said before is what counts.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Rejects when the server has not closed the connection within ten seconds. */
export async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', piece => (text += String(piece)));
  const late = setTimeout(() => socket.destroy(new Error('the server did not close the connection')), 10_000);
  const failed: unknown[] = [];
  socket.on('error', error => failed.push(error));
  await new Promise(resolve => socket.on('close', resolve));
  clearTimeout(late);
  const [first] = failed;
  if (text === '' && first instanceof Error) throw first;
  return text;
}
