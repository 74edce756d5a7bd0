import type { IncomingMessage } from 'node:http';

/**
 * Why a request does not open a WebSocket, as the status to refuse it with; null when it may. Browsers say which page
 * asks, and pages of others are not let in.
 */
export function handshakeFault({
  method,
  headers,
}: Pick<IncomingMessage, 'method' | 'headers'>): number | null {
  if (!hasToken(headers.connection, 'upgrade') || !hasToken(headers.upgrade, 'websocket')) return 400;
  if (method !== 'GET') return 405;
  if (headers['sec-websocket-version'] !== '13') return 400;
  const { origin } = headers;
  if (origin !== undefined && hostOf(origin) !== headers.host?.toLowerCase()) return 403;
  return /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '') ? null : 400;
}

const hasToken = (list: string | undefined, token: string): boolean =>
  list?.split(',').some(each => each.trim().toLowerCase() === token) ?? false;

function hostOf(origin: string): string | null {
  const host = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(origin)?.[1];
  return host?.toLowerCase() ?? null;
}
