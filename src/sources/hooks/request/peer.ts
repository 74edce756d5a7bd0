import { isIPv6 } from 'node:net';
import type { HookRequest } from './request.ts';

/** The sender as `address:port`; `@` where there is none, over a unix socket. */
export function peerText(peer: HookRequest['peer']): string {
  if (peer === null) return '@';
  const address = peer.address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIPv6(address) ? `[${address}]:${peer.port}` : `${address}:${peer.port}`;
}
