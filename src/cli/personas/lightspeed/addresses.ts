import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { SignalboxError } from '../../../domain/errors.ts';
import { parseAmqpUrl } from '../../../lib/amqp-url.ts';
import type { CliIo } from '../../io.ts';
import { isThisMachine } from '../../server-address.ts';
import { visible } from '../../text.ts';
import { stateDirectory } from '../persona.ts';

type Env = CliIo['env'];

/** Where Lightspeed's admin server listens when nobody says. */
export const usualAdminServerPort = 8080;

/** RabbitMQ as a configuration names it, from what `RABBIT_HOST` may hold: a host, one with a port and a login, or an address. */
export function rabbitAddress(written: string): string {
  const address = written.includes('://') ? written : `amqp://${isIPv6(written) ? `[${written}]` : written}`;
  // Not repeated: a password may stand in it.
  if (parseAmqpUrl(address) === undefined)
    throw invalid(
      'RABBIT_HOST is no address of RabbitMQ: write a host, such as rabbit or user:password@rabbit:5672',
    );
  return address;
}

/** The admin server, without a slash at the end. `host` may be an address of its own, such as https://admin.example.org. */
export function adminServerAddress(host: string, port: number | undefined): string {
  const url = urlOf(host);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.pathname !== '/')
    // Not repeated where a password may stand in it.
    throw invalid(
      `${host.includes('@') ? 'what has an @ in it' : `"${host}"`} is no host of an admin server: write one such as admin.example.org`,
    );
  const hasPort = host.includes('://') || (!isIPv6(host) && /:\d+$/.test(host));
  if (port !== undefined || !hasPort) url.port = String(port ?? usualAdminServerPort);
  return url.origin;
}

/** The host alone, of what names the admin server. */
export const hostAlone = (host: string): string => urlOf(host)?.hostname ?? host;

const urlOf = (host: string): URL | null =>
  URL.parse(host.includes('://') ? host : `http://${isIPv6(host) ? `[${host}]` : host}`);

/** A port that a variable holds; undefined when it is not set. */
export function portIn(env: Env, name: string): number | undefined {
  const text = env[name] || undefined;
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 65_535) throw invalid(`${name} is "${text}": write a number from 0 to 65535`);
  return port;
}

/** What hooks and listeners show to the admin server: `SIGNALBOX_TOKEN`, else what an admin server of this machine has made. */
export interface TokenPlace {
  readonly token: string | null;
  /** Null: there is no such file here. */
  readonly tokenFile: string | null;
}

export function tokenPlace(env: Env, adminServer: string): TokenPlace {
  const token = tokenIn(env);
  const isHere = token === null && isThisMachine(adminServer);
  // The variable names this process's own directory.
  const directory = stateDirectory({ ...env, STATE_DIRECTORY: undefined }, 'lightspeed-admin');
  return { token, tokenFile: isHere ? join(directory, 'admin-token') : null };
}

/** Null when it is not set. */
export function tokenIn(env: Env): string | null {
  const token = env['SIGNALBOX_TOKEN'] || null;
  if (token !== null && !/^[\x21-\x7e]+$/.test(token))
    throw invalid('SIGNALBOX_TOKEN is not one word of plain letters, digits and signs: write one');
  return token;
}

const invalid = (message: string): SignalboxError => new SignalboxError('invalid', visible(message));
