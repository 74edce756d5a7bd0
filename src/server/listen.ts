import type { FastifyInstance } from 'fastify';
import { SignalboxError } from '../domain/errors.ts';

/** While closing, idle connections are looked for this often. */
const tidyMs = 50;

export interface Place {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Whether any other port will do where this one is taken. */
  readonly orAny?: boolean | undefined;
}

/** An open server; disposing it stops listening and waits, for a while, for what is under way. */
export interface Listening extends AsyncDisposable {
  /** Where it can be reached from this machine. */
  readonly url: string;
}

/** Opens a server at its place. */
export async function listen(app: FastifyInstance, place: Place, closeMs: number): Promise<Listening> {
  try {
    await app.listen({ host: place.host, port: place.port }).catch((error: unknown) => {
      if (place.orAny !== true || codeOf(error) !== 'EADDRINUSE') throw error;
      return app.listen({ host: place.host, port: 0 });
    });
  } catch (error) {
    await app.close();
    throw cannotListen(place, error);
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : place.port;
  return {
    url: `http://${reachable(place.host)}:${port}`,
    [Symbol.asyncDispose]: async () => {
      // A connection whose last answer is out would be kept for a next request that nobody may send any more.
      const tidy = setInterval(() => app.server.closeIdleConnections(), tidyMs);
      const late = setTimeout(() => app.server.closeAllConnections(), closeMs);
      await app.close();
      clearInterval(tidy);
      clearTimeout(late);
    },
  };
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function cannotListen({ host, port }: Place, cause: unknown): SignalboxError {
  const code = codeOf(cause);
  const where = `port ${port} on ${host}`;
  const say = (why: string) => new SignalboxError('unavailable', why, { cause });
  if (code === 'EADDRINUSE') return say(`${where} is taken: end what listens there, or choose another port`);
  if (code === 'EACCES') return say(`${where} is not allowed for this user: choose a port above 1023`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return say(`${where} cannot be opened: ${host} is not an address of this machine`);
  return say(`${where} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`);
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
