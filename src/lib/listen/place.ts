import { once } from 'node:events';
import { unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';

/** Where a server listens. */
export type Place =
  | { readonly kind: 'address'; readonly host: string /** 0: the system chooses. */; readonly port: number }
  | { readonly kind: 'socket'; readonly path: string }
  /** Opened by who started this process. */
  | { readonly kind: 'inherited'; readonly fd: number };

/**
 * Opens a server at its place; resolves to how it can be reached from this machine. What a killed predecessor left of a
 * unix socket is removed. Throws a sentence for people.
 */
export async function openAt(server: Server, place: Place): Promise<string> {
  if (place.kind === 'address' && !(place.port >= 0 && place.port <= 65_535))
    throw new Error(`there is no port ${place.port}: choose one from 1 to 65535`);
  if (place.kind === 'socket') await removeStale(place.path);
  try {
    const listening = once(server, 'listening');
    server.listen(wayOf(place));
    await listening;
  } catch (cause) {
    throw new Error(`${nameOf(place)} ${reasonOf(place, cause)}`, { cause });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') return `unix:${address ?? nameOf(place)}`;
  const host = reachable(address.address);
  return `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

function wayOf(place: Place) {
  switch (place.kind) {
    case 'address':
      return { host: place.host, port: place.port };
    case 'socket':
      return { path: place.path };
    case 'inherited':
      return { fd: place.fd };
  }
}

function nameOf(place: Place): string {
  switch (place.kind) {
    case 'address':
      return `port ${place.port} on ${place.host}`;
    case 'socket':
      return `the socket ${place.path}`;
    case 'inherited':
      return `the inherited socket ${place.fd}`;
  }
}

function reasonOf(place: Place, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') return 'is taken: end what listens there, or choose another';
  if (code === 'EACCES' && place.kind === 'socket')
    return 'cannot be made: its folder is missing, or this user may not write there';
  if (code === 'EACCES') return 'is not allowed for this user: choose one above 1023';
  if (place.kind === 'address' && (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'))
    return `cannot be opened: ${place.host} is not an address of this machine`;
  return `cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`;
}

const reachable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

/** A socket that nobody listens at any more. */
async function removeStale(path: string): Promise<void> {
  const probe = connect(path);
  const code = await new Promise<unknown>(resolve => {
    probe.once('connect', () => resolve(null));
    probe.once('error', trouble => resolve('code' in trouble ? trouble.code : null));
  });
  probe.destroy();
  if (code === 'ECONNREFUSED') await unlink(path);
}
