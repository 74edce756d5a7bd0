import type { IncomingMessage } from 'node:http';

/**
 * The body of a request. Of a longer one the rest stays unread: it is undefined then, or `cut`, the first so many bytes.
 * Rejects when the client goes away.
 */
export async function readBody(
  request: IncomingMessage,
  mostBytes: number,
  longer: 'refused' | 'cut',
): Promise<Buffer | undefined> {
  if (mostBytes === 0) return Buffer.alloc(0);
  if (longer === 'refused' && Number(request.headers['content-length'] ?? 0) > mostBytes) return undefined;
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    const bytes: Uint8Array = piece;
    length += bytes.byteLength;
    if (length > mostBytes) {
      if (longer === 'refused') return undefined;
      pieces.push(bytes.subarray(0, mostBytes - length + bytes.byteLength));
      break;
    }
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
