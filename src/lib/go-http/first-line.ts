import { METHODS, type Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Node's parser knows the methods that are registered, and takes no byte beyond ASCII in a target; Go's takes any word, and
 * any byte. So a connection's first line is looked at before the parser sees it: a method it would refuse is replaced, and
 * kept here; bytes are escaped, which means the same. Later requests of a connection are as Node has them: nobody who sends
 * such things keeps connections.
 */
export interface FirstLines {
  /** What stood there as the method of a connection's first request, if the parser was not shown it. Tells it once. */
  takeMethod(socket: Socket): string | undefined;
  /** Ends connections that have not said anything yet. */
  close(): void;
}

const known: ReadonlySet<string> = new Set(METHODS);
/** Any of those that are known, but HEAD and CONNECT, which are answered in their own way. */
const placeholder = 'POST';

/** Looks at what comes in before `server` does. `silentMs`: how long a connection may say nothing at all. */
export function watchFirstLines(
  server: Server,
  event: 'connection' | 'secureConnection',
  silentMs: number,
): FirstLines {
  const methods = new WeakMap<Socket, string>();
  const silent = new Set<Socket>();
  const parsers = server.listeners(event);
  server.removeAllListeners(event);
  server.on(event, (socket: Socket) => {
    silent.add(socket);
    const end = () => void socket.destroy();
    const forget = () => {
      silent.delete(socket);
      socket.off('error', end).off('timeout', end).off('data', look).off('end', end).off('close', forget);
    };
    const look = (piece: Buffer) => {
      forget();
      socket.setTimeout(0);
      const { method, bytes } = readable(piece);
      if (method !== undefined) methods.set(socket, method);
      socket.unshift(bytes);
      for (const parse of parsers) Reflect.apply(parse, server, [socket]);
      socket.resume();
    };
    socket.setTimeout(silentMs);
    socket.on('error', end).on('timeout', end).on('end', end).on('close', forget).on('data', look);
  });
  return {
    takeMethod: socket => {
      const method = methods.get(socket);
      methods.delete(socket);
      return method;
    },
    close: () => {
      for (const socket of silent) socket.destroy();
    },
  };
}

/** The same request in words that the parser takes; as it is when it does already, or is no request. */
function readable(piece: Buffer): { readonly method: string | undefined; readonly bytes: Buffer } {
  const end = piece.indexOf('\n');
  const line = piece.toString('latin1', 0, Math.max(end, 0));
  const [, method = '', rest = ''] = /^([!#$%&'*+.^_`|~\w-]+)( [^]+)$/.exec(line) ?? [];
  const isKnown = method === '' || known.has(method);
  if (isKnown && !/[\x80-\xff]/.test(rest)) return { method: undefined, bytes: piece };
  const escaped = rest.replace(/[\x80-\xff]/g, byte => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  const first = Buffer.from((isKnown ? method : placeholder) + escaped, 'latin1');
  return { method: isKnown ? undefined : method, bytes: Buffer.concat([first, piece.subarray(end)]) };
}
