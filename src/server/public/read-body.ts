import type { IncomingMessage } from 'node:http';

/** The body of a request; undefined, and the rest unread, when it is longer. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  if (mostBytes === 0) return Buffer.alloc(0);
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return undefined;
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    const bytes: Uint8Array = piece;
    length += bytes.byteLength;
    if (length > mostBytes) return undefined;
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
