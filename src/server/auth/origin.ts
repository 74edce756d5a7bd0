import type { FastifyRequest } from 'fastify';

/**
 * Whether a request that is known by its cookie alone was made by our own pages. The browser's own word counts; where
 * it gives none (plain http), the origin must be ours or the host that was asked. What changes something needs a proof.
 */
export function isOwnRequest(request: FastifyRequest, ownUrl: string): boolean {
  const { 'sec-fetch-site': site, origin, host } = request.headers;
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (site !== undefined) return site === 'same-origin' || (site === 'none' && reads);
  if (origin !== undefined) return origin === new URL(ownUrl).origin || hostOf(origin) === host;
  return reads;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
