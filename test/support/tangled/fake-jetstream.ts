import { startSocketServer } from './http-server.ts';

/** Jetstream: tells of changed records, those that came after a cursor again. */
export interface FakeJetstream extends AsyncDisposable {
  /** `ws://127.0.0.1:PORT/subscribe` */
  readonly url: string;
  /** With what it was asked, in order. */
  readonly asked: readonly URLSearchParams[];
  followers(): number;
  /** Tells of a record; null: it was deleted. */
  tell(did: string, collection: string, rkey: string, record: object | null): void;
  /** Sends a frame as it is. */
  send(frame: string): void;
  drop(): void;
}

export async function startFakeJetstream(): Promise<FakeJetstream> {
  const log: { readonly at: number; readonly frame: string }[] = [];
  const asked: URLSearchParams[] = [];
  const server = await startSocketServer(
    (_, response) => void response.writeHead(404).end(),
    (socket, url) => {
      asked.push(url.searchParams);
      const cursor = url.searchParams.get('cursor');
      if (cursor !== null) for (const { at, frame } of log) if (at >= Number(cursor)) socket.send(frame);
      return url.pathname === '/subscribe';
    },
  );
  const jetstream: FakeJetstream = {
    url: `ws://${server.host}/subscribe`,
    asked,
    followers: () => server.sockets.size,
    tell(did, collection, rkey, record) {
      const at = Math.max(Date.now() * 1000, (log.at(-1)?.at ?? 0) + 1);
      const commit = {
        rev: rkey,
        operation: record === null ? 'delete' : 'create',
        collection,
        rkey,
        ...(record === null ? {} : { record: { $type: collection, ...record }, cid: 'x' }),
      };
      const frame = JSON.stringify({ did, time_us: at, kind: 'commit', commit });
      log.push({ at, frame });
      jetstream.send(frame);
    },
    send(frame) {
      for (const socket of server.sockets) socket.send(frame);
    },
    drop() {
      for (const socket of server.sockets) socket.terminate();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return jetstream;
}
