import type { Command } from 'commander';
import type { Config, TangledConfig } from '../../config/config.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { type CliIo, say } from '../io.ts';
import { visible } from '../text.ts';
import { type PersonaOptions, servePersona, withPersonaOptions, writtenConfig } from './persona.ts';

export function register(as: Command, io: CliIo): void {
  withPersonaOptions(as.command('tack'), '$TACK_LISTEN_ADDR, else 8080')
    .description('a spindle for Tangled that hands workflows to another CI service')
    .addHelpText('after', `${variables}\nExample: signalbox as tack`)
    .action((options: PersonaOptions) => tack(io, options));
}

const variables = `
From the environment, as tack takes them; names of spindle's own, which begin
with SPINDLE_SERVER_, are taken as well:
  TACK_HOSTNAME                  the host of this spindle (needed)
  TACK_OWNER_DID                 DID of who runs it (needed)
  TACK_LISTEN_ADDR               address of the door (default: :8080)
  TACK_DB_PATH                   data is kept beside it, in a directory so named
  TACK_JETSTREAM_URL             where changes are heard of (default: public)
  TACK_DEV                       anything: ws and http instead of wss and https,
                                 also on this machine and in private networks
  TACK_BUILDKITE_TOKEN           API access token; without it builds are played
  TACK_BUILDKITE_ORG             the organization
  TACK_BUILDKITE_PIPELINE        for workflows that name none
  TACK_BUILDKITE_WEBHOOK_SECRET  the webhook's token
  TACK_BUILDKITE_WEBHOOK_MODE    token or signature (default: token)
and of our own:
  TACK_KNOTS                     hosts of more knots to follow, with commas
                                 between; every repository there is trusted
  TACK_BUILDKITE_API_URL         (default: https://api.buildkite.com/v2)
  TACK_BUILDKITE_PIPELINES       globs of what may be built, with commas between
                                 (default: all of the organization)
`;

async function tack(io: CliIo, options: PersonaOptions): Promise<void> {
  const ask = (name: string): string | undefined => askFor(io.env, name);
  const [host, port] = readAddress(ask('LISTEN_ADDR') ?? ':8080');
  const database = io.env['TACK_DB_PATH'];
  const base = await writtenConfig(
    io,
    'tack',
    {
      ...options,
      host: options.host ?? (host === '' ? undefined : host),
      port: options.port ?? port,
      data:
        options.data ?? (database ? `${database.replace(/\.(?:db|sqlite3?)$/, '')}.signalbox` : undefined),
    },
    { sources: { tangled: tangledOf(io.env) }, ...providersOf(io.env) },
    io.env,
  );
  const config = configOf(base, io.env);
  const { jobEnvironment } = await import('../../config/env.ts');
  await servePersona(io, options, { config, jobEnvironment: jobEnvironment(io.env) }, app => {
    const { tangled } = config;
    say(
      io,
      `signalbox: the spindle ${tangled?.hostname} of ${tangled?.owner} listens at ${app.publicUrl}, admin ${app.adminUrl ?? 'none'}, kept in ${config.dataDir}`,
    );
    if (tangled !== null && tangled.trustsKnots && tangled.knots.length > 0)
      say(io, `signalbox: every repository on ${tangled.knots.join(', ')} is trusted`);
    if (tangled?.elsewhere?.forAll === true)
      say(io, 'signalbox: builds are only played; set TACK_BUILDKITE_TOKEN to have them done');
  });
}

/** The section of the configuration file that says the same. Throws `invalid` when something needed is missing. */
function tangledOf(env: CliIo['env']): Readonly<Record<string, unknown>> {
  const ask = (name: string): string | undefined => askFor(env, name);
  const needed = (name: string, alias: string, what: string): string => {
    const value = env[name] || env[alias];
    if (value) return value;
    throw new SignalboxError('invalid', `${name} is not set: it is ${what}`);
  };
  const jetstream = ask('JETSTREAM_URL') ?? env['SPINDLE_SERVER_JETSTREAM_ENDPOINT'];
  const plc = ask('PLC_URL');
  return {
    hostname: needed(
      'TACK_HOSTNAME',
      'SPINDLE_SERVER_HOSTNAME',
      'the host that this spindle is reached at, such as spindle.example.org',
    ),
    owner: needed(
      'TACK_OWNER_DID',
      'SPINDLE_SERVER_OWNER',
      'the DID of who runs this spindle, such as did:plc:ewvi7nxzyoun6zhxrhs64oiz',
    ),
    knots: words(env['TACK_KNOTS']),
    dev: Boolean(env['TACK_DEV']) || /^(?:1|t|true)$/i.test(env['SPINDLE_SERVER_DEV'] ?? ''),
    ...(jetstream ? { jetstream } : {}),
    ...(plc ? { plc } : {}),
  };
}

function configOf(base: Config, env: CliIo['env']): Config {
  const { tangled } = base;
  return { ...base, tangled: tangled && { ...tangled, trustsKnots: true, elsewhere: elsewhereOf(env) } };
}

/** The section for Buildkite; its secrets stay references. */
function providersOf(env: CliIo['env']): Readonly<Record<string, unknown>> {
  if (!env['TACK_BUILDKITE_TOKEN']) return { providers: { fake: {} } };
  const api = env['TACK_BUILDKITE_API_URL'];
  const mode = env['TACK_BUILDKITE_WEBHOOK_MODE'] || 'token';
  if (mode !== 'token' && mode !== 'signature')
    throw new SignalboxError(
      'invalid',
      visible(`TACK_BUILDKITE_WEBHOOK_MODE is "${mode}": write token or signature`),
    );
  const pipelines = words(env['TACK_BUILDKITE_PIPELINES']);
  return {
    providers: {
      buildkite: {
        organization: env['TACK_BUILDKITE_ORG'] ?? '',
        token: reference('TACK_BUILDKITE_TOKEN'),
        ...(api ? { api } : {}),
        ...(env['TACK_BUILDKITE_WEBHOOK_SECRET']
          ? { webhook: { [mode]: reference('TACK_BUILDKITE_WEBHOOK_SECRET') } }
          : {}),
        ...(pipelines.length > 0 ? { pipelines } : {}),
      },
    },
  };
}

const reference = (name: string): string => `\${env:${name}}`;

/** Where workflows go that do not say so themselves: never here, as with tack. Without a pipeline they fail, with a reason. */
function elsewhereOf(env: CliIo['env']): TangledConfig['elsewhere'] {
  if (!env['TACK_BUILDKITE_TOKEN']) return { provider: { name: 'fake', settings: null }, forAll: true };
  const pipeline = env['TACK_BUILDKITE_PIPELINE'];
  return { provider: { name: 'buildkite', settings: pipeline ? { pipeline } : null }, forAll: false };
}

/** Undefined when it is empty, too. */
const askFor = (env: CliIo['env'], name: string): string | undefined =>
  env[`TACK_${name}`] || env[`SPINDLE_SERVER_${name}`] || undefined;

const words = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '');

/** An address as Go's programs take it: `:8080`, `127.0.0.1:8080`, `[::1]:8080`. */
function readAddress(text: string): readonly [host: string, port: number] {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535)
    throw new SignalboxError(
      'invalid',
      visible(`TACK_LISTEN_ADDR is "${text}": write a port, such as :8080, or an address and a port`),
    );
  return [bracketed ?? plain ?? '', port];
}
