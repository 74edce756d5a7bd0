import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ScriptsConfig } from '../../config/config.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { parseDuration } from '../../lib/units.ts';
import { type CliIo, say } from '../io.ts';
import { visible } from '../text.ts';
import { type PersonaOptions, personaConfig, servePersona, withPersonaOptions } from './persona.ts';

export function register(as: Command, io: CliIo): void {
  withPersonaOptions(as.command('gort'), '$PORT, else 5000')
    .description('the HTTP door of GORT: starts the scripts of a folder')
    .addHelpText('after', `${variables}\nExample: signalbox as gort`)
    .action((options: PersonaOptions) => gort(io, options));
}

const variables = `
From the environment, as GORT takes them:
  PORT                  port of the door (default: 5000)
  SCRIPTS_DIR           the folder (default: ./dist)
  GORT_RATE_LIMIT       requests handled at the same time (default: any number)
and of our own:
  GORT_TOKEN            list and start ask for it as "Authorization: Bearer"
                        (default: they ask for nothing)
  GORT_EXECUTOR_PATHS   "allow": an executor may also be a path
  GORT_RUNS             scripts that run at a time; others wait (default: 4)
  GORT_TIMEOUT          how long a script may run, such as 10m (default: 7d)
`;

async function gort(io: CliIo, options: PersonaOptions): Promise<void> {
  const scripts = scriptsOf(io);
  const port = options.port ?? readPortVariable(io.env);
  const config = await personaConfig(io, 'gort', { ...options, port });
  const runs = wholeNumber(io.env, 'GORT_RUNS', 1000) ?? config.limits.runs;
  await servePersona(
    io,
    options,
    {
      config: { ...config, scripts, limits: { ...config.limits, runs } },
      jobEnvironment: scriptEnvironment(io.env),
      onlooker: {
        started: ([, file = ''], pid) =>
          log(io, `Just ran subprocess of ${visible(basename(file))} with PID ${pid}`),
        printed: (stream, bytes) => io[stream].write(bytes),
      },
    },
    app => {
      const { writtenFolder, tokens } = scripts;
      say(
        io,
        tokens.length > 0
          ? 'signalbox: list and start ask for the token in GORT_TOKEN; health is open'
          : `signalbox: open to everybody who reaches this port: they may start any file in ${writtenFolder} with any program on PATH; set GORT_TOKEN to ask for a token`,
      );
      say(io, 'signalbox: scripts see the whole environment of this process, but not GORT_TOKEN');
      say(io, `signalbox: runs, logs and stop: ${app.adminUrl ?? 'none'}, kept in ${config.dataDir}`);
      // Last: who waits for it has read the rest.
      log(io, `Gort is started on port ${new URL(app.publicUrl).port}`);
    },
  );
}

/** What GORT would read from its environment, and what it lacks. Throws `invalid`. */
function scriptsOf({ env, cwd }: Pick<CliIo, 'env' | 'cwd'>): ScriptsConfig {
  const writtenFolder = env['SCRIPTS_DIR'] || './dist';
  const folder = resolve(cwd, writtenFolder);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw invalid(`there is no folder ${writtenFolder}: make it, or name another in SCRIPTS_DIR`);
  const token = env['GORT_TOKEN'];
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw invalid(
      'GORT_TOKEN is not one word of plain letters, digits and signs: write one, or unset it to open the door to everybody',
    );
  const paths = env['GORT_EXECUTOR_PATHS'];
  if (paths && paths !== 'allow')
    throw invalid(`GORT_EXECUTOR_PATHS is "${paths}": write allow, or unset it`);
  const timeout = env['GORT_TIMEOUT'] || '7d';
  const timeoutMs = parseDuration(timeout);
  if (timeoutMs === undefined || timeoutMs < shortestMs || timeoutMs > longestMs)
    throw invalid(`GORT_TIMEOUT is "${timeout}": write a duration from 1s to 7d, such as 10m`);
  return {
    folder,
    writtenFolder,
    mount: '',
    interpreters: null,
    interpreterPaths: paths === 'allow',
    tokens: token === undefined ? [] : [token],
    rateLimit: wholeNumber(env, 'GORT_RATE_LIMIT', Number.MAX_SAFE_INTEGER),
    cwd,
    env: {},
    secrets: [],
    timeoutMs,
    concurrency: null,
  };
}

const shortestMs = 1_000;
const longestMs = 7 * 24 * 3_600_000;

/** What cannot be read as a number, and 0, mean the usual port, as with GORT. */
function readPortVariable(env: CliIo['env']): number {
  const port = /^[+-]?\d+$/.test(env['PORT'] ?? '') ? Number(env['PORT']) : 0;
  if (port < 0 || port > 65_535) throw invalid(`PORT is ${port}: write a number from 1 to 65535`);
  return port === 0 ? 5000 : port;
}

/** Null when the variable is not set. */
function wholeNumber(env: CliIo['env'], name: string, most: number): number | null {
  const text = env[name];
  if (text === undefined || text === '') return null;
  const number = /^\+?\d+$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > most)
    throw invalid(`${name} is "${text}": write a whole number from 1, or unset it`);
  return number;
}

/** GORT's users set their scripts' variables on the container: all are handed on, but what opens our own doors. */
function scriptEnvironment(env: CliIo['env']): Readonly<Record<string, string>> {
  const own = ['GORT_TOKEN', 'SIGNALBOX_TOKEN'];
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || own.includes(name) ? [] : [[name, value]],
    ),
  );
}

/** A line as GORT writes it, with the local time before. */
function log(io: Pick<CliIo, 'stderr' | 'now'>, line: string): void {
  const at = new Date(io.now());
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('/');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  io.stderr.write(`${day} ${time} ${line}\n`);
}

const invalid = (message: string): SignalboxError => new SignalboxError('invalid', visible(message));
