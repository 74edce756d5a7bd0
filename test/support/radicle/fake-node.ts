import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';

/** A node's control socket: it tells whoever subscribes what it is told to tell. */
export interface FakeNode extends AsyncDisposable {
  /** Tells all subscribers. */
  tell(...events: readonly (object | string)[]): void;
  /** Tells all subscribers an event in pieces of one byte; resolves when they have gone out. */
  dribble(event: object): Promise<void>;
  /** Resolves when so many subscribe. */
  subscribed(count?: number): Promise<void>;
  /** Closes all connections, as a node does with readers that are too slow. */
  drop(): void;
  /** Commands that were given, as they came. */
  readonly commands: readonly string[];
}

export async function startFakeNode(socketPath: string): Promise<FakeNode> {
  const subscribers = new Set<Socket>();
  const sockets = new Set<Socket>();
  const commands: string[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createServer(socket => {
    let said = '';
    sockets.add(socket);
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('close', () => {
      subscribers.delete(socket);
      sockets.delete(socket);
    });
    socket.on('data', (text: string) => {
      said += text;
      if (!said.includes('\n')) return;
      commands.push(said.trim());
      said = '';
      subscribers.add(socket);
      for (const { count, resolve } of waiting) if (subscribers.size >= count) resolve();
    });
  });
  server.listen(socketPath);
  await once(server, 'listening');
  const drop = (): void => {
    for (const socket of subscribers) socket.destroy();
    subscribers.clear();
  };
  return {
    commands,
    drop,
    tell: (...events) => {
      const text = events
        .map(event => `${typeof event === 'string' ? event : JSON.stringify(event)}\n`)
        .join('');
      for (const socket of subscribers) socket.write(text);
    },
    dribble: async event => {
      for (const byte of Buffer.from(`${JSON.stringify(event)}\n`)) {
        for (const socket of subscribers) socket.write(Uint8Array.of(byte));
        // Each is a piece of its own.
        await new Promise(setImmediate);
      }
    },
    subscribed: (count = 1) =>
      subscribers.size >= count
        ? Promise.resolve()
        : new Promise(resolve => {
            waiting.push({ count, resolve });
          }),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      rmSync(socketPath, { force: true });
    },
  };
}
