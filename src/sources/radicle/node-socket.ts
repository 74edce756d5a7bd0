import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { SignalboxError } from '../../domain/errors.ts';

/** A node announces whole inventories in one line. */
const longestLineBytes = 16 * 1024 * 1024;

/** What a node tells those who listen. */
export interface NodeEvents extends Disposable {
  /**
   * Lines, each without its line feed. They are to be taken as they come, because a node drops who reads slowly. Ends
   * when the node closes.
   */
  readonly lines: AsyncIterable<string>;
}

/** Begins to listen to a node. Throws `unavailable`, naming the socket, when it cannot be reached. */
export async function subscribe(socketPath: string, signal: AbortSignal): Promise<NodeEvents> {
  const socket = connect({ path: socketPath, signal });
  try {
    await once(socket, 'connect', { signal });
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    const why = existsSync(socketPath)
      ? `does not answer (${error instanceof Error ? error.message : String(error)})`
      : 'does not answer: there is no such socket; start the node, or name its socket in sources.radicle.socket';
    throw unavailable(socketPath, why, error);
  }
  socket.write(`${JSON.stringify({ command: 'subscribe' })}\n`);
  return { lines: linesOf(socket, socketPath), [Symbol.dispose]: () => void socket.destroy() };
}

async function* linesOf(socket: Socket, socketPath: string): AsyncGenerator<string> {
  let kept = '';
  socket.setEncoding('utf8');
  try {
    for await (const piece of socket) {
      const lines = `${kept}${String(piece)}`.split('\n');
      kept = lines.pop() ?? '';
      if (kept.length > longestLineBytes)
        throw unavailable(socketPath, 'writes a line that does not end', undefined);
      yield* lines;
    }
  } catch (error) {
    if (error instanceof SignalboxError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw unavailable(socketPath, `has gone away (${why})`, error);
  }
  if (kept !== '') yield kept;
}

const unavailable = (socketPath: string, why: string, cause: unknown): SignalboxError =>
  new SignalboxError('unavailable', `the Radicle node at ${socketPath} ${why}`, { cause });
