import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../contracts/clock.ts';
import type { HttpSource } from '../../contracts/source.ts';
import type { Delivery } from '../../domain/delivery.ts';
import { deliveryId } from '../../domain/id.ts';

/** Proofs of identity that would still work for whoever reads them later: none reaches a source that does not ask for it. */
const neverStored: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** What arrived, untouched: bytes as they came, every header in its order, the socket's own address. */
export function readDelivery(
  needs: { readonly clock: Clock },
  source: Pick<HttpSource, 'name' | 'secretHeaders'>,
  request: FastifyRequest,
): Delivery {
  const { raw, body } = request;
  return {
    id: deliveryId(needs.clock.unique()),
    source: source.name,
    receivedAt: needs.clock.now(),
    peer: raw.socket.remoteAddress ?? '',
    method: request.method,
    path: raw.url ?? '',
    headers: pairs(raw.rawHeaders, source.secretHeaders),
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  };
}

function pairs(raw: readonly string[], asked: readonly string[]): [name: string, value: string][] {
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    if (!neverStored.has(name) || asked.includes(name)) headers.push([name, raw[at + 1] ?? '']);
  }
  return headers;
}
