import type { Flag } from '../../../lib/go-flags.ts';
import { parseSize } from '../../../lib/units.ts';
import { readSwitch, switchable } from './deviation-switch.ts';

const text = (name: string, usage: string, initial = ''): Flag => ({
  name,
  kind: 'string',
  usage,
  initial,
  fault: null,
});
const number = (name: string, usage: string, initial = 0): Flag => ({
  name,
  kind: 'int',
  usage,
  initial: String(initial),
  fault: null,
});
const yes = (name: string, usage: string): Flag => ({
  name,
  kind: 'bool',
  usage,
  initial: 'false',
  fault: null,
});
const list = (name: string, usage: string, fault: Flag['fault'] = null): Flag => ({
  name,
  kind: 'list',
  usage,
  initial: '',
  fault,
});

/** The flags of adnanh/webhook, in its own words. */
export const webhookFlags: readonly Flag[] = [
  text('cert', 'path to the HTTPS certificate pem file', 'cert.pem'),
  text('cipher-suites', 'comma-separated list of supported TLS cipher suites'),
  yes('debug', 'show debug output'),
  list(
    'header',
    'response header to return, specified in format name=value, use multiple times to set multiple headers',
    value => (value.includes('=') ? null : 'header flag must be in name=value format'),
  ),
  list(
    'hooks',
    'path to the json file containing defined hooks the webhook should serve, use multiple times to load from different files',
  ),
  yes('hotreload', 'watch hooks file for changes and reload them automatically'),
  text('http-methods', 'set default allowed HTTP methods (ie. "POST"); separate methods with comma'),
  text('ip', 'ip the webhook should serve hooks on', '0.0.0.0'),
  text('key', 'path to the HTTPS certificate private key pem file', 'key.pem'),
  yes('list-cipher-suites', 'list available TLS cipher suites'),
  text('logfile', 'send log output to a file; implicitly enables verbose logging'),
  number(
    'max-multipart-mem',
    'maximum memory in bytes for parsing multipart form data before disk caching',
    1_048_576,
  ),
  yes('nopanic', 'do not panic if hooks cannot be loaded when webhook is not running in verbose mode'),
  text('pidfile', 'create PID file at the given path'),
  number('port', 'port the webhook should serve hooks on', 9000),
  yes('secure', 'use HTTPS instead of HTTP'),
  number('setgid', 'set group ID after opening listening port; must be used with setuid'),
  number('setuid', 'set user ID after opening listening port; must be used with setgid'),
  text('socket', 'path to a Unix socket to use for listening instead of an ip and port'),
  yes('template', 'parse hooks file as a Go template'),
  text('tls-min-version', 'minimum TLS version (1.0, 1.1, 1.2, 1.3)', '1.2'),
  text(
    'urlprefix',
    'url prefix to use for served hooks (protocol://yourserver:port/PREFIX/:hook-id)',
    'hooks',
  ),
  yes('verbose', 'show verbose output'),
  yes('version', 'display webhook version and quit'),
  yes('x-request-id', 'use X-Request-Id header, if present, as request ID'),
  number('x-request-id-limit', 'truncate X-Request-Id header to limit; default no limit'),
];

const outOfRange = (value: string): string | null =>
  value === 'none' || (/^\d{1,5}$/.test(value) && Number(value) <= 65_535)
    ? null
    : 'must be a number from 0 to 65535, or none';

/** What every persona takes. `-port` is the other program's as well. */
export const personaFlags: readonly Flag[] = [
  {
    ...text(
      'admin-port',
      'port of the page and API, on 127.0.0.1; 0: the system chooses, none: there are none (default 8081)',
    ),
    fault: outOfRange,
  },
  text('data', 'where everything is kept (default: the usual place for state)'),
  list(
    'deviation',
    'NAME=off or NAME=on: whether to differ from the original in this; all=off: in nothing; use multiple times (docs/webhook.md lists them)',
    value =>
      readSwitch(value) === null
        ? `must be NAME=on or NAME=off, with all or one of ${switchable.join(', ')}`
        : null,
  ),
  text('host', 'address to serve hooks on; wins over -ip'),
  {
    ...text('max-body', 'longest body that is taken', '25MB'),
    fault: value => (parseSize(value) === undefined ? 'must be a size such as 25MB' : null),
  },
  {
    ...number('runs', 'commands that run at a time, others wait (default 4)'),
    fault: value => (/^0*[1-9]\d{0,2}$/.test(value) ? null : 'must be a number from 1 to 999'),
  },
  text('ready-file', 'written when both doors answer: {"pid", "public", "admin"}'),
];
