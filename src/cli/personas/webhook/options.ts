import { type FlagValues, flagsUsage, readFlags } from '../../../lib/go-flags.ts';
import { parseSize } from '../../../lib/units.ts';
import { type Behaviour, ours } from '../../../sources/hooks/deviations.ts';
import { readSwitch } from './deviation-switch.ts';
import { personaFlags, webhookFlags } from './flag-list.ts';

/** What a command line of adnanh/webhook asks for. */
export interface WebhookOptions {
  readonly files: readonly string[];
  /** Text of hooks files is run as a template first. */
  readonly template: boolean;
  readonly hotReload: boolean;
  /** Whether anything is logged at all. */
  readonly verbose: boolean;
  readonly debug: boolean;
  readonly startWithoutHooks: boolean;
  readonly logFile: string | null;
  readonly pidFile: string | null;
  readonly place:
    | { readonly kind: 'address'; readonly host: string; readonly port: number }
    | { readonly kind: 'socket'; readonly path: string };
  /** Null: the process stays who it is. */
  readonly identity: { readonly uid: number; readonly gid: number } | null;
  readonly tls: {
    readonly cert: string;
    readonly key: string;
    readonly minVersion: string;
    readonly cipherSuites: readonly string[];
  } | null;
  readonly urlPrefix: string;
  /** What hooks that name no methods take; none means all. */
  readonly methods: readonly string[];
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly multipartMemoryBytes: number;
  readonly requestId: { readonly fromHeader: boolean; readonly limit: number };
  /** Which deliberate differences from the original there are. */
  readonly behaviour: Behaviour;
  readonly longestBodyBytes: number;
  /** Commands that run at a time; null: the usual number. */
  readonly runs: number | null;
  readonly adminPort: number | 'none' | undefined;
  readonly data: string | undefined;
  readonly readyFile: string | undefined;
}

export type Asked =
  | { readonly wish: 'serve'; readonly options: WebhookOptions }
  | { readonly wish: 'version' | 'list cipher suites' }
  /** Exit code 0. */
  | { readonly wish: 'help'; readonly text: string }
  /** For stderr; exit code 2. */
  | { readonly wish: 'usage'; readonly text: string }
  /** For stdout, as the original does; exit code 1. */
  | { readonly wish: 'refused'; readonly text: string };

/** Reads the words behind `as webhook`. */
export function readWebhookOptions(argv: readonly string[]): Asked {
  const flags = [...webhookFlags, ...personaFlags];
  const usage = `Usage of signalbox as webhook:\n${flagsUsage(flags)}`;
  const read = readFlags(flags, argv);
  if (read.result === 'help') return { wish: 'help', text: usage };
  if (read.result === 'wrong') return { wish: 'usage', text: `${read.message}\n${usage}` };
  const { values } = read;
  if (values.isOn('version')) return { wish: 'version' };
  if (values.isOn('list-cipher-suites')) return { wish: 'list cipher suites' };
  const [uid, gid] = [values.number('setuid'), values.number('setgid')];
  if ((uid === 0) !== (gid === 0))
    return { wish: 'refused', text: 'error: setuid and setgid options must be used together' };
  const socket = values.text('socket');
  if (socket !== '' && uid !== 0)
    return { wish: 'refused', text: 'error: setuid and setgid cannot be used with a socket' };
  const behaviour = behaviourOf(values.list('deviation'));
  return {
    wish: 'serve',
    options: {
      ...hooksOptions(values),
      ...logOptions(values),
      ...answerOptions(values),
      place:
        socket === ''
          ? { kind: 'address', host: hostOf(values), port: values.number('port') }
          : { kind: 'socket', path: socket },
      identity: uid === 0 ? null : { uid, gid },
      tls: values.isOn('secure')
        ? {
            cert: values.text('cert'),
            key: values.text('key'),
            minVersion: values.text('tls-min-version'),
            cipherSuites: words(values.text('cipher-suites')),
          }
        : null,
      pidFile: values.text('pidfile') || null,
      behaviour,
      longestBodyBytes: behaviour.has('limitRequests')
        ? (parseSize(values.text('max-body')) ?? 0)
        : Number.POSITIVE_INFINITY,
      runs: values.number('runs') || null,
      adminPort: adminPortOf(values.text('admin-port')),
      data: values.text('data') || undefined,
      readyFile: values.text('ready-file') || undefined,
    },
  };
}

function hooksOptions(values: FlagValues) {
  const files = values.list('hooks');
  return {
    files: files.length === 0 ? ['hooks.json'] : files,
    template: values.isOn('template'),
    hotReload: values.isOn('hotreload'),
    startWithoutHooks: values.isOn('nopanic'),
  };
}

function logOptions(values: FlagValues) {
  const logFile = values.text('logfile') || null;
  const debug = values.isOn('debug');
  return { logFile, debug, verbose: debug || logFile !== null || values.isOn('verbose') };
}

function answerOptions(values: FlagValues) {
  return {
    urlPrefix: values.text('urlprefix'),
    methods: words(values.text('http-methods').toUpperCase()),
    headers: values.list('header').map(header => {
      const at = header.indexOf('=');
      return { name: header.slice(0, at), value: header.slice(at + 1) };
    }),
    multipartMemoryBytes: values.number('max-multipart-mem'),
    requestId: { fromHeader: values.isOn('x-request-id'), limit: values.number('x-request-id-limit') },
  };
}

/** IPv6 addresses stand in brackets behind `-ip`. */
const hostOf = (values: FlagValues): string =>
  values.text('host') || values.text('ip').replace(/^\[(.*)\]$/, '$1');

/** What is asked for, one after the other: the flag has looked at each. */
function behaviourOf(switches: readonly string[]): Behaviour {
  const behaviour = new Set(ours);
  for (const each of switches) {
    const { names, on } = readSwitch(each) ?? { names: [], on: true };
    for (const name of names) {
      if (on) behaviour.add(name);
      else behaviour.delete(name);
    }
  }
  return behaviour;
}

const words = (list: string): readonly string[] =>
  list
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '');

function adminPortOf(text: string): WebhookOptions['adminPort'] {
  if (text === '') return undefined;
  return text === 'none' ? text : Number(text);
}
