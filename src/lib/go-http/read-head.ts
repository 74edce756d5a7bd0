import type { IncomingMessage } from 'node:http';
import type { Field, HttpRequest } from './message.ts';

/** What Node's parser has read of a request, as it was sent. */
export function readHead(
  incoming: IncomingMessage,
): Pick<HttpRequest, 'method' | 'target' | 'version' | 'headers' | 'peer'> {
  const { remoteAddress, remotePort } = incoming.socket;
  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    version: incoming.httpVersion === '1.0' ? '1.0' : '1.1',
    headers: fields(incoming.rawHeaders),
    peer: remoteAddress === undefined ? null : { address: remoteAddress, port: remotePort ?? 0 },
  };
}

function fields(raw: readonly string[]): readonly Field[] {
  const fields: Field[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) fields.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return fields;
}
