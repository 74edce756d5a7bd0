import { SignalboxError } from '../../domain/errors.ts';

/** What to do about it, by PostgreSQL's error code, or the system's. */
const mends: ReadonlyMap<string, (server: Server) => string> = new Map<string, (server: Server) => string>([
  ['28P01', ({ user }) => `it does not take the password of the user "${user}": correct it in \`store\``],
  [
    '28000',
    ({ user }) => `it does not let the user "${user}" in: correct \`store\`, or allow it in pg_hba.conf`,
  ],
  [
    '3D000',
    ({ database }) =>
      `it has no database "${database}": make it, for example with createdb ${database}, or correct \`store\``,
  ],
  ['42501', ({ user }) => `the user "${user}" may not do that there: let it own the database`],
  ['53300', () => 'it has no connection to spare: raise its max_connections'],
  ['53100', () => 'its disk is full: make room there'],
  ['25006', () => 'it takes no writes: name the primary server in `store`, not a standby'],
  ['57P03', () => 'it is starting or ending just now: wait a moment'],
  ['55P03', () => 'another control plane kept it waiting for too long: see what that one does'],
  ['57014', () => 'it took too long to answer: see what it is busy with'],
  ['ENOTFOUND', ({ host }) => `the name "${host}" leads nowhere: correct it in \`store\``],
  ['EAI_AGAIN', ({ host }) => `the name "${host}" cannot be looked up just now: check the name server`],
  ['ECONNREFUSED', () => 'nothing listens there: start PostgreSQL, or correct `store`'],
]);

/** Codes of connections that have ended, beside those of the class 08. */
const endings = new Set([
  '57P01',
  '57P02',
  '57P05',
  '25P03',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** What `pg` says itself about a connection, without a code. */
const saidByClient =
  /^(Connection terminated|timeout exceeded|Query read timeout|Client (has|was)|timeout expired|Cannot use a pool)/;
const damaged = new Set(['XX001', 'XX002']);

/** Where a database is, without its password. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** Which database an address leads to. */
export function serverOf(url: string): Server {
  const { hostname, port, pathname, username } = new URL(url);
  const user = decodeURIComponent(username);
  return {
    host: decodeURIComponent(hostname),
    port: Number(port || 5432),
    database: decodeURIComponent(pathname.slice(1)) || user,
    user,
  };
}

export const nameOf = ({ host, port, database }: Server): string => `${host}:${port}/${database}`;

/** Whether the connection is of no use any more, or there was none. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return endings.has(code) || code.startsWith('08');
  return error instanceof Error && saidByClient.test(error.message);
}

/** Whether the server, and not what was asked of it, is why it failed: others who ask will fare the same. */
export function isServersFault(error: unknown): boolean {
  return isConnectionLost(error) || mends.has(codeOf(error) ?? '');
}

/** Converts what `pg` throws about a database. */
export function postgresError(error: unknown, server: Server): SignalboxError {
  if (error instanceof SignalboxError) return error;
  const code = codeOf(error) ?? '';
  const said = saidBy(error);
  const place = `PostgreSQL at ${nameOf(server)}`;
  const mend = mends.get(code);
  if (mend !== undefined)
    return new SignalboxError('unavailable', `${place} cannot be used (${said}): ${mend(server)}`, {
      cause: error,
    });
  if (isConnectionLost(error))
    return new SignalboxError('unavailable', `${place} does not answer (${said}): see whether it runs`, {
      cause: error,
    });
  if (damaged.has(code))
    return new SignalboxError('corrupt', `${place} is damaged (${said}): restore it from a backup`, {
      cause: error,
    });
  return SignalboxError.from(error);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Where a name has several addresses, each has failed for its own reason; the first says enough. */
function saidBy(error: unknown): string {
  if (error instanceof AggregateError) return saidBy(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
