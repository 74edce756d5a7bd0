import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { pathToFileURL } from 'node:url';
import { SignalboxError } from '../../domain/errors.ts';
import { isPublicAddress } from '../../lib/addresses.ts';
import { isRadicleUrl, storedAt } from './radicle-storage.ts';
import { orAbort } from './turns.ts';

/** Which clone URLs may be used, and with what. */
export interface RemotePolicy {
  readonly allowFile: boolean;
  readonly allowPrivateHosts: boolean;
  /** The home of the Radicle node whose repositories may be cloned; null: none. */
  readonly radicleHome: string | null;
  /** The token for a clone URL (without credentials), or null when it has none. */
  readonly tokenFor: (url: string) => string | null;
  /** All addresses of a host name. */
  readonly lookup: (host: string) => Promise<readonly string[]>;
}

/** A place to fetch from that the policy allows. */
export interface Remote {
  /** Free of credentials: it may be shown. */
  readonly url: string;
  readonly scheme: 'https' | 'http' | 'ssh' | 'file';
  /** For the one who asks for them on behalf of git. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** What ties the host name to the addresses that were checked: git must not look it up again. */
  readonly pin: {
    readonly host: string;
    readonly port: string;
    readonly addresses: readonly string[];
  } | null;
  /** The command, in the words of a shell, that gives out what is on this machine; null: git's usual one. */
  readonly uploadPack: string | null;
}

export const systemLookup: RemotePolicy['lookup'] = async host =>
  (await dnsLookup(host, { all: true })).map(({ address }) => address);

/** Forges look at the password alone when it is a token, but want some user name. */
const tokenUser = 'x-access-token';

/** Checks a clone URL, and where its host is, against the policy. */
export async function openRemote(policy: RemotePolicy, text: string, signal: AbortSignal): Promise<Remote> {
  if (isRadicleUrl(text)) return stored(storedAt(policy.radicleHome, text));
  const { url, credentials } = parse(text);
  const scheme = allowedScheme(policy, url);
  const clean = url.href;
  const token = policy.tokenFor(clean);
  const base = {
    url: clean,
    scheme,
    uploadPack: null,
    credentials:
      token === null ? credentials : { username: credentials?.username || tokenUser, password: token },
  };
  return scheme === 'file' ? { ...base, pin: null } : { ...base, pin: await pin(policy, url, signal) };
}

/** Who runs signalbox need not be who runs the node, and git serves nobody else's repositories unless it is told to. */
function stored(directory: string): Remote {
  const quoted = `'${directory.replaceAll("'", `'\\''`)}'`;
  return {
    url: pathToFileURL(directory).href,
    scheme: 'file',
    credentials: null,
    pin: null,
    uploadPack: `git -c safe.directory=${quoted} upload-pack`,
  };
}

function parse(text: string): { readonly url: URL; readonly credentials: Remote['credentials'] } {
  const url = URL.parse(text);
  // The text is not quoted: what cannot be read may hold credentials anywhere.
  if (url === null)
    throw invalid('the clone URL cannot be read; write it as https://host/path or ssh://user@host/path');
  const given = { username: decoded(url.username), password: decoded(url.password) };
  url.password = '';
  if (url.protocol !== 'ssh:') url.username = '';
  const place = url.host + url.pathname;
  if (url.search !== '' || url.hash !== '') throw invalid(`the clone URL of ${place} must end with its path`);
  if (/%(?:[01][0-9a-f]|7f)/i.test(url.pathname))
    throw invalid(`the clone URL of ${place} has control characters`);
  if (!/^(?:[\w.][\w.-]*)?$/.test(url.username))
    throw invalid(`the clone URL of ${place} has an odd user name`);
  const secret = url.protocol === 'ssh:' ? given.password : given.username + given.password;
  return { url, credentials: secret === '' ? null : given };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no escape sequence, so it stands for itself
  }
}

function allowedScheme(policy: RemotePolicy, url: URL): Remote['scheme'] {
  const scheme = url.protocol.slice(0, -1);
  switch (scheme) {
    case 'https':
    case 'ssh':
      return scheme;
    case 'http':
      if (policy.allowPrivateHosts) return scheme;
      throw forbidden(
        `${url.href} is not encrypted; use https, or set git.allowPrivateHosts for hosts of your own network`,
      );
    case 'file':
      if (policy.allowFile && url.host === '') return scheme;
      throw forbidden(`${url.href} is on this machine; set git.allowFile to clone from there`);
    default:
      throw forbidden(`"${scheme}" is not a way to clone that is allowed; use https or ssh`);
  }
}

async function pin(policy: RemotePolicy, url: URL, signal: AbortSignal): Promise<Remote['pin']> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 && !/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i.test(host))
    throw invalid(`the clone URL ${url.href} has no usable host name`);
  const addresses = isIP(host) === 0 ? await addressesOf(policy, host, url, signal) : [host];
  const hidden = policy.allowPrivateHosts ? undefined : addresses.find(address => !isPublicAddress(address));
  if (hidden !== undefined)
    throw forbidden(
      `${url.href} is not on the public internet (${hidden}); set git.allowPrivateHosts to clone from there`,
    );
  return { host, port: url.port || (defaultPorts[url.protocol] ?? ''), addresses };
}

const defaultPorts: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80', 'ssh:': '22' };

async function addressesOf(
  policy: RemotePolicy,
  host: string,
  url: URL,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let addresses: readonly string[] = [];
  try {
    addresses = (await orAbort(policy.lookup(host), signal)).filter(address => isIP(address) !== 0);
  } catch (error) {
    signal.throwIfAborted();
    throw new SignalboxError('unavailable', `the host of ${url.href} was not found`, { cause: error });
  }
  if (addresses.length === 0)
    throw new SignalboxError('unavailable', `the host of ${url.href} has no address`);
  return addresses;
}

const invalid = (message: string) => new SignalboxError('invalid', message);
const forbidden = (message: string) => new SignalboxError('forbidden', message);
