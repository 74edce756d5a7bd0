import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { SignalboxError } from '../domain/errors.ts';
import { register as adapter } from './adapter/command.ts';
import { register as agent } from './agent.ts';
import { register as agents } from './agents.ts';
import { register as as, personaWords } from './as.ts';
import { register as backup } from './backup.ts';
import { register as config } from './config.ts';
import { register as dev } from './dev.ts';
import { register as doctor } from './doctor.ts';
import { register as events } from './events.ts';
import { type ExitCode, exitCodeOfError, exitCodes } from './exit-codes.ts';
import { withHelp } from './help.ts';
import { register as hooks } from './hooks.ts';
import { register as imports } from './import.ts';
import { type CliIo, say } from './io.ts';
import { register as migrate } from './migrate.ts';
import { register as pools } from './pools.ts';
import { register as radicle } from './radicle/command.ts';
import { register as restore } from './restore.ts';
import { register as rules } from './rules.ts';
import { register as runs } from './runs.ts';
import { register as send } from './send.ts';
import { register as serve } from './serve.ts';
import { register as token } from './token.ts';
import { version } from './version.ts';

/** The whole command line; nothing runs before it is parsed. */
export function createProgram(io: CliIo): Command {
  const program = withHelp(new Command('signalbox'), io)
    .description('Events from any forge in, rules decide, work runs, everyone hears the result.')
    .version(version, '--version', 'print the version')
    .option('--no-color', 'no colours, whatever the terminal')
    .addHelpCommand(helpCommand())
    .usage('COMMAND [OPTIONS]')
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
      outputError: text => say(io, text.replace(/^error: /, 'signalbox: ').trimEnd()),
      getOutHasColors: () => io.colour,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(signalbox --help shows what there is)')
    .exitOverride()
    .addHelpText('after', firstMinutes);
  program.commandsGroup('Run:');
  for (const register of [dev, serve, agent, as, adapter]) register(program, io);
  program.commandsGroup('Look and act:');
  for (const register of [send, events, runs, rules, hooks, pools, agents]) register(program, io);
  program.commandsGroup('Operate:');
  for (const register of [config, doctor, backup, restore, migrate, token, radicle, imports])
    register(program, io);
  for (const family of program.commands) family.helpCommand(false);
  return program;
}

const helpCommand = (): Command =>
  new Command('help')
    .argument('[command]', 'the command')
    .description('show the help of a command')
    .helpGroup('Operate:');

const firstMinutes = `
The first three minutes:
  signalbox dev                    see it work: a demo rule, a push, a green run
  signalbox serve                  the service, with ./signalbox.yaml
  signalbox send github.push       a sample push
  signalbox events explain last    why did it (not) run?
  signalbox runs logs -f last      watch it

Ends with 0 ok, 1 the run failed, 2 usage, 3 not found, 4 auth, 5 unavailable,
124 timeout, 130 interrupted.
`;

/** Runs one command line to its end. Never throws: what went wrong is told on stderr and is the exit code. */
export async function runCli(argv: readonly string[], world: Omit<CliIo, 'exitWith'>): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok;
  const io: CliIo = { ...world, exitWith: wanted => (code = wanted) };
  try {
    await createProgram(io).parseAsync(personaWords(argv), { from: 'user' });
    return code;
  } catch (error) {
    return failed(io, error);
  }
}

function failed(io: CliIo, error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (io.signal.aborted && isAbort(error)) return exitCodes.interrupted;
  const known = SignalboxError.from(error);
  say(
    io,
    known.code === 'internal'
      ? `signalbox: something went wrong inside: ${known.message} (SIGNALBOX_DEBUG=1 shows where)`
      : `signalbox: ${known.message}`,
  );
  if (io.env['SIGNALBOX_DEBUG'] === '1') say(io, inspect(error));
  return exitCodeOfError(known.code);
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
