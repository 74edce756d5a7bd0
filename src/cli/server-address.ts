import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { SignalboxError } from '../domain/errors.ts';
import { resolvePath } from '../lib/references.ts';
import type { CliIo } from './io.ts';

/** Where a server is and how to show who we are. */
export interface ServerOptions {
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly data: string | undefined;
}

export interface ServerAddress {
  /** Without a slash at the end. */
  readonly admin: string;
  /** Known when the server runs on this machine and wrote it down. */
  readonly public: string | null;
  readonly token: string | null;
}

/** What `serve` writes into its data directory while it runs. */
export interface RunningServer {
  readonly pid: number;
  readonly public: string;
  /** Null: it has no admin door. */
  readonly admin: string | null;
}
const running: z.ZodType<RunningServer> = z.object({
  pid: z.int().positive(),
  public: z.url(),
  admin: z.url().nullable(),
});

type World = Pick<CliIo, 'env' | 'cwd'>;

const defaultAdmin = 'http://127.0.0.1:8081';

/**
 * `--url`, `SIGNALBOX_URL`, the server that runs on the data directory, the default address; `--token`,
 * `SIGNALBOX_TOKEN`, the data directory's admin token (which is shown to servers of this machine only).
 */
export async function findServer(io: World, options: ServerOptions): Promise<ServerAddress> {
  const data = await dataDirectory(io, options.data);
  const local = await runningServer(data);
  const wanted = options.url ?? nonEmpty(io.env['SIGNALBOX_URL']);
  const admin = (wanted === undefined ? (local?.admin ?? defaultAdmin) : httpUrl(wanted)).replace(/\/+$/, '');
  const token = options.token ?? nonEmpty(io.env['SIGNALBOX_TOKEN']) ?? (await adminToken(data, admin));
  return {
    admin,
    public: local !== null && (wanted === undefined || local.admin === admin) ? local.public : null,
    token: token === null ? null : writable(token),
  };
}

/** A header can carry nothing else; refused here, where the message does not repeat it. */
function writable(token: string): string {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new SignalboxError(
      'invalid',
      'the token has characters in it that no token has: was it copied whole?',
    );
  return token;
}

/** The data directory: the option, else what `signalbox.yaml` here says, else `./data`. */
export async function dataDirectory(io: World, option: string | undefined): Promise<string> {
  if (option !== undefined) return resolve(io.cwd, option);
  const file = resolve(io.cwd, 'signalbox.yaml');
  const text = await readIfThere(file);
  if (text === null) return resolve(io.cwd, 'data');
  const { parse } = await import('yaml');
  const named = z.object({ data: z.string() }).safeParse(attempt(() => parse(text)));
  return resolvePath(named.success ? named.data.data : 'data', { env: io.env, directory: io.cwd });
}

/** The server whose process lives and that answers on this machine; anyone could have written another address there. */
export async function runningServer(data: string): Promise<RunningServer | null> {
  const text = await readIfThere(join(data, 'server.json'));
  if (text === null) return null;
  const found = running.safeParse(attempt(() => JSON.parse(text)));
  if (!found.success || !isAlive(found.data.pid)) return null;
  return found.data.admin === null || isThisMachine(found.data.admin) ? found.data : null;
}

async function adminToken(data: string, admin: string): Promise<string | null> {
  if (!isThisMachine(admin)) return null;
  return (await readIfThere(join(data, 'admin-token')))?.trim() || null;
}

function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new SignalboxError('invalid', `"${text}" is no http(s) address: give one like ${defaultAdmin}`);
  if (url.username !== '' || url.password !== '')
    throw new SignalboxError('invalid', 'the address must not carry a user or password: use --token');
  return text;
}

/** Whether an http(s) address leads to this machine. */
export function isThisMachine(address: string): boolean {
  const host = new URL(address).hostname.replace(/^\[|\]$/g, '');
  if (['localhost', '0.0.0.0', '::', '::1'].includes(host) || (isIPv4(host) && host.startsWith('127.')))
    return true;
  return Object.values(networkInterfaces()).some(addresses =>
    addresses?.some(({ address }) => address === host),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process lives, too.
    return errorCode(error) === 'EPERM';
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EISDIR') return null;
    throw error;
  }
}

const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** The value, or undefined where the text is broken: then it names nothing. */
function attempt(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
