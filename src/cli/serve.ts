import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { App } from '../app-options.ts';
import type { Overrides } from '../config/assemble.ts';
import { SignalboxError } from '../domain/errors.ts';
import { announce } from '../server/announce.ts';
import { type CliIo, say } from './io.ts';
import { visible } from './text.ts';
import { version } from './version.ts';

export function register(program: Command, io: CliIo): void {
  program
    .command('serve')
    .description('the service: takes deliveries, runs what rules say, reports')
    .option('--config <file>', 'configuration (default: ./signalbox.yaml, if there is one)')
    .option('--host <address>', 'address of the public door')
    .option('--port <port>', 'port of the public door; 0: the system chooses', readPort)
    .option('--admin-port <port>', 'port of the admin door; 0: the system chooses', readPort)
    .option('--data <directory>', 'where everything is kept')
    .option('--hooks <file>', 'hooks file of adnanh/webhook to serve at /hooks/; may be repeated', collect)
    .option('--async', 'answer hooks 202 at once, and let nobody wait for a command')
    .addOption(new Option('--proxy-async', 'the same').hideHelp())
    .option('--ready-file <file>', 'written when both doors answer: {"pid", "public", "admin"}')
    .addHelpText('after', '\nExample: signalbox serve --config signalbox.yaml')
    .action((options: ServeOptions) => serve(io, options));
}

interface ServeOptions {
  readonly config: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly adminPort: number | undefined;
  readonly data: string | undefined;
  readonly readyFile: string | undefined;
  readonly hooks: readonly string[] | undefined;
  readonly async: boolean | undefined;
  readonly proxyAsync: boolean | undefined;
}

async function serve(
  io: CliIo,
  { config: file, host, port, adminPort, data, readyFile, hooks, ...options }: ServeOptions,
): Promise<void> {
  const opening = Promise.withResolvers<App>();
  // Heard from the beginning: a SIGHUP to a server that is still opening must not end it.
  using _hangups = onHangup(() => void opening.promise.then(app => reload(io, app)));
  // The house is only built by who lives in it: every other command starts sooner.
  const { readConfig } = await import('./config-file.ts');
  const { openHouse } = await import('./house.ts');
  const async = options.async === true || options.proxyAsync === true;
  const overrides: Overrides = {
    host,
    port,
    adminPort,
    data,
    hooks: hooks === undefined && !async ? undefined : { files: hooks ?? [], async },
  };
  const read = () => readConfig(io, file, overrides);
  const config = read();
  const failed = new AbortController();
  const app = await openHouse({
    config,
    readConfig: async () => read(),
    writeLog: line => io.stdout.write(line),
    life: { ...io.life, drain: AbortSignal.any([io.life.drain, failed.signal]) },
    env: io.env,
  });
  try {
    const doors = { pid: process.pid, public: app.publicUrl, admin: app.adminUrl };
    if (readyFile !== undefined) await announce(resolve(io.cwd, readyFile), doors);
    say(
      io,
      `signalbox ${version}: public ${app.publicUrl}, admin ${app.adminUrl ?? 'none'}, ${visible(config.file ?? 'no configuration')}`,
    );
    opening.resolve(app);
  } catch (error) {
    failed.abort();
    throw error;
  } finally {
    await app.closed;
  }
}

function onHangup(listener: () => void): Disposable {
  process.on('SIGHUP', listener);
  return { [Symbol.dispose]: () => void process.off('SIGHUP', listener) };
}

async function reload(io: CliIo, app: App): Promise<void> {
  try {
    const needsRestart = await app.reload();
    const but = needsRestart.length === 0 ? '' : `; a restart is needed for ${needsRestart.join(', ')}`;
    say(io, `signalbox: the configuration was read again${but}`);
  } catch (error) {
    say(io, `signalbox: the configuration stays as it was\n${SignalboxError.from(error).message}`);
  }
}

const collect = (file: string, before: readonly string[] = []): readonly string[] => [...before, file];

/** For an option that takes a port. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('Say a number from 0 to 65535.');
  return port;
}
