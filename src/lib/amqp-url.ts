/** Where a broker is, and as whom it is spoken to. */
export interface AmqpAddress {
  readonly tls: boolean;
  /** The nodes of one cluster; at least one. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly password: string;
  readonly virtualHost: string;
  /** Without its password, for people. */
  readonly shown: string;
}

const form = /^(amqps?):\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^/?#]*))?$/;
const hostForm = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/;

/** Reads `amqp://user:password@host:port,host:port/vhost`; all but a host may be left out. Undefined when it is not one. */
export function parseAmqpUrl(text: string): AmqpAddress | undefined {
  const [, scheme, login, authority = '', path = ''] = form.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  const tls = scheme === 'amqps';
  const hosts = authority.split(',').map(each => {
    const [, host, port] = hostForm.exec(each) ?? [];
    return host === undefined
      ? undefined
      : { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? (tls ? 5671 : 5672) : Number(port) };
  });
  const known = hosts.filter(host => host !== undefined);
  if (known.length < hosts.length || known.some(({ port }) => port > 65_535 || port === 0)) return undefined;
  const colon = login?.indexOf(':') ?? -1;
  const user = decoded(login === undefined ? 'guest' : colon < 0 ? login : login.slice(0, colon));
  const password = decoded(login === undefined ? 'guest' : colon < 0 ? '' : login.slice(colon + 1));
  const virtualHost = decoded(path === '' ? '%2F' : path);
  if (user === undefined || password === undefined || virtualHost === undefined) return undefined;
  return {
    tls,
    hosts: known,
    user,
    password,
    virtualHost,
    shown: `${scheme}://${encodeURIComponent(user)}@${authority}/${path}`,
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A per cent sign that begins no escape.
    return undefined;
  }
}
