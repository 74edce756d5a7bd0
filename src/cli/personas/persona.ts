import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { App, AppOptions } from '../../app-options.ts';
import type { Config } from '../../config/config.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { announce } from '../../server/announce.ts';
import type { CliIo } from '../io.ts';
import { readPort } from '../serve.ts';

/** What every persona takes beside what the other program took. */
export interface PersonaOptions {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly adminPort: number | 'none' | undefined;
  readonly data: string | undefined;
  readonly readyFile: string | undefined;
}

/** Gives a persona's command these options. */
export function withPersonaOptions(command: Command, usualPort: string): Command {
  return command
    .option('--host <address>', 'address of the door (default: all of this machine)')
    .option('--port <port>', `port of the door; 0: the system chooses (default: ${usualPort})`, readPort)
    .option(
      '--admin-port <port>',
      'port of the page and API, on 127.0.0.1; 0: the system chooses, none: there are none (default: 8081)',
      readAdminPort,
    )
    .option('--data <directory>', 'where everything is kept (default: the usual place for state)')
    .option('--ready-file <file>', 'written when both doors answer: {"pid", "public", "admin"}');
}

export const readAdminPort = (text: string): number | 'none' => {
  if (text === 'none') return text;
  try {
    return readPort(text);
  } catch {
    throw new InvalidArgumentError('Say a number from 0 to 65535, or none.');
  }
};

const usualAdminPort = 8081;

/** A configuration without rules, at the places that the options name; throws `invalid` when they are wrong. */
export function personaConfig(
  io: Pick<CliIo, 'env' | 'cwd'>,
  name: string,
  options: PersonaOptions & { readonly port: number },
): Promise<Config> {
  return writtenConfig(io, name, options, {}, {});
}

/** The same, with sections as they would stand in a configuration file; references in it mean these variables. */
export async function writtenConfig(
  io: Pick<CliIo, 'env' | 'cwd'>,
  name: string,
  options: PersonaOptions & { readonly port: number },
  sections: Readonly<Record<string, unknown>>,
  env: CliIo['env'],
): Promise<Config> {
  const { parseConfig } = await import('../../config/load.ts');
  const { createMatchers } = await import('../../matchers/matchers.ts');
  const { adminPort, port } = options;
  const overrides = {
    hooks: undefined,
    host: options.host,
    port,
    // Where the usual one is to be the other door's, any will do.
    adminPort:
      adminPort === 'none' || (adminPort === undefined && port === usualAdminPort)
        ? 0
        : (adminPort ?? usualAdminPort),
    data: options.data === undefined ? stateDirectory(io.env, name) : resolve(io.cwd, options.data),
  };
  const needs = { checks: createMatchers(), env };
  // JSON is YAML.
  const text = JSON.stringify({ version: 1, ...sections });
  const loaded = parseConfig(needs, text, { file: null, overrides });
  if (loaded.result === 'loaded') {
    const { config } = loaded;
    // That it is taken is found out when the door is opened: processes that start together look at the same time.
    return { ...config, admin: { ...config.admin, orAny: adminPort === undefined } };
  }
  const said = loaded.problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  throw new SignalboxError('invalid', said.join('; '));
}

/** Where a service keeps its state: what the service manager says, else as the system's habits are. */
export function stateDirectory(env: CliIo['env'], name: string): string {
  const given = (key: string): string | undefined => env[key] || undefined;
  const [managed] = (given('STATE_DIRECTORY') ?? '').split(':');
  if (managed) return managed;
  if (process.getuid?.() === 0) return `/var/lib/signalbox/${name}`;
  const state = given('XDG_STATE_HOME') ?? join(given('HOME') ?? homedir(), '.local', 'state');
  return join(state, 'signalbox', name);
}

/** Opens the house, tells that it is open and how to end it, and waits for its end. */
export async function servePersona(
  io: CliIo,
  { adminPort, readyFile }: PersonaOptions,
  house: Pick<AppOptions, 'config' | 'jobEnvironment' | 'onlooker' | 'watchesNode' | 'takesRuns'>,
  opened: (app: App, end: () => void) => void,
): Promise<void> {
  const { openHouse } = await import('../house.ts');
  const over = new AbortController();
  const app = await openHouse({
    ...house,
    readConfig: async () => house.config,
    // What scripts print is what people of a container's log look for on stdout.
    writeLog: lines => io.stderr.write(lines),
    life: { ...io.life, drain: AbortSignal.any([io.life.drain, over.signal]) },
    env: io.env,
    hasAdminDoor: adminPort !== 'none',
  });
  try {
    const doors = { pid: process.pid, public: app.publicUrl, admin: app.adminUrl };
    if (readyFile !== undefined) await announce(resolve(io.cwd, readyFile), doors);
    opened(app, () => over.abort());
  } catch (error) {
    over.abort();
    throw error;
  } finally {
    await app.closed;
  }
}
