import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, type Command } from 'commander';
import { z } from 'zod';
import type { App } from '../../../app-options.ts';
import { SignalboxError } from '../../../domain/errors.ts';
import { systemError } from '../../../lib/references.ts';
import { type Api, createApi } from '../../client.ts';
import { type CliIo, printJson, say } from '../../io.ts';
import { visible } from '../../text.ts';
import { type PersonaOptions, personaConfig, servePersona, withPersonaOptions } from '../persona.ts';
import { type BrokerFile, readBrokerFile, writtenOf } from './broker-file.ts';
import { configOf } from './config.ts';
import { createFactReader } from './report-facts.ts';
import { keepReports, writeReports } from './reports.ts';

interface CibOptions extends PersonaOptions {
  readonly config: string;
  readonly logLevel: string | undefined;
  readonly output: string | undefined;
}

/** What the original can do; the first is also what it does here when nothing is named. */
const commands = ['process-events', 'queued', 'insert', 'config'] as const;

export function register(as: Command, io: CliIo): void {
  withPersonaOptions(as.command('cib'), 'any')
    .description('radicle-ci-broker: watches a Radicle node, and runs CI adapters')
    .addArgument(
      new Argument(
        '[command]',
        'process-events: all of it; queued: run what waits, then end; insert: only store events, until the node goes away; config: show the configuration',
      ).choices(commands),
    )
    .requiredOption('--config <file>', "the broker's configuration")
    .option('--log-level <level>', 'taken, and not needed: the log has one level')
    .option('--output <file>', 'of config: write it there')
    .addHelpText('after', `${variables}\nExample: signalbox as cib --config broker.yaml`)
    .action((command: (typeof commands)[number] | undefined, options: CibOptions) =>
      cib(io, command ?? 'process-events', options),
    );
}

const variables = `
From the environment:
  RAD_HOME              home of the node (default: ~/.radicle)
  RAD_SOCKET            its control socket (default: node/control.sock in there)
`;

async function cib(io: CliIo, command: (typeof commands)[number], options: CibOptions): Promise<void> {
  const file = readFile(io, options.config);
  if (command === 'config') return showConfig(io, file, options.output);
  const base = await personaConfig(io, 'cib', {
    ...options,
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
  });
  const config = configOf(io, base, file, options.config);
  const isEnding = command !== 'process-events';
  if (isEnding && options.adminPort === 'none')
    throw new SignalboxError('invalid', `${command} needs the admin door to know when it is done`);
  const over = new AbortController();
  const tasks: Promise<void>[] = [];
  try {
    await servePersona(
      io,
      options,
      {
        config,
        jobEnvironment: adapterEnvironment(io.env),
        watchesNode: command !== 'queued',
        takesRuns: command !== 'insert',
      },
      (app, end) => {
        say(
          io,
          `signalbox: watches ${config.radicle?.home}, kept in ${config.dataDir}, admin ${app.adminUrl ?? 'none'}`,
        );
        say(
          io,
          'signalbox: adapters run for everybody whom the filters allow, not isolated, with the whole environment of this process, as the original has it',
        );
        const api = apiOf(io, app);
        const directory = file.reportDir === null ? null : resolve(io.cwd, file.reportDir);
        const done = new AbortController();
        const either = AbortSignal.any([over.signal, done.signal]);
        const keeping =
          directory === null || api === null
            ? null
            : keepReports(io, createFactReader(api), directory, either);
        if (keeping !== null) tasks.push(keeping);
        if (directory !== null && api === null)
          say(io, `signalbox: without an admin door no reports are written into ${directory}`);
        if (isEnding && api !== null)
          tasks.push(
            whenDone(command, api, over.signal).then(async () => {
              // Two must not write the same files.
              done.abort();
              await keeping;
              if (directory !== null && !over.signal.aborted)
                await writeReports(io, createFactReader(api), directory);
              end();
            }),
          );
      },
    );
  } finally {
    over.abort();
    await Promise.all(tasks);
  }
}

const apiOf = (io: Pick<CliIo, 'signal'>, { adminUrl, adminToken }: App): Api | null =>
  adminUrl === null ? null : createApi(io, { admin: adminUrl, token: adminToken, public: null });

/** How often it is looked whether there is anything left to do. */
const lookEveryMs = 200;

const health = z.object({
  queue: z.object({ queued: z.int(), running: z.int() }).nullable(),
  sources: z.array(
    z.object({
      name: z.string(),
      catchUp: z.object({ lastAt: z.string().nullable() }).nullable(),
      streams: z.array(z.object({ connected: z.boolean(), problem: z.string().nullable() })),
    }),
  ),
});

/** Resolves when there is nothing left to do for the command, or the signal aborts. */
async function whenDone(command: 'queued' | 'insert', api: Api, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { queue, sources } = (await api.get('/api/health', health)).value;
    const radicle = sources.find(({ name }) => name === 'radicle');
    const isGone = radicle?.streams.some(node => !node.connected && node.problem !== null) === true;
    const isDone =
      command === 'queued'
        ? queue !== null && queue.queued + queue.running === 0
        : isGone && (radicle.catchUp?.lastAt ?? null) !== null;
    if (isDone) return;
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

function readFile({ cwd }: Pick<CliIo, 'cwd'>, name: string): BrokerFile {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, name), 'utf8');
  } catch (error) {
    throw new SignalboxError(
      'invalid',
      `failed to read configuration file: ${visible(name)}: ${systemError(error)}`,
    );
  }
  return readBrokerFile(text, visible(name));
}

function showConfig(io: CliIo, file: BrokerFile, output: string | undefined): void {
  const shown = writtenOf(file);
  if (output === undefined) printJson(io, shown);
  else writeFileSync(resolve(io.cwd, output), `${JSON.stringify(shown, null, 2)}\n`);
}

/** Adapters find there what their users have set for them; but not what opens our own doors. */
function adapterEnvironment(env: CliIo['env']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || name === 'SIGNALBOX_TOKEN' ? [] : [[name, value]],
    ),
  );
}
