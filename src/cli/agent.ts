import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { jobEnvironment } from '../config/env.ts';
import { serverPools } from '../domain/rule.ts';
import { announce } from '../server/announce.ts';
import { addAgent } from './agent/add.ts';
import { type CliIo, say } from './io.ts';
import { visible } from './text.ts';
import { version } from './version.ts';

export function register(program: Command, io: CliIo): void {
  const agent = program
    .command('agent')
    .description('takes runs from RabbitMQ, for its pools, on this machine')
    .option('--config <file>', "the agent's configuration (default: ./signalbox.yaml)")
    .option('--data <directory>', 'where it keeps its checkouts')
    .option('--ready-file <file>', 'written when it takes runs: {"pid", "agent", "pools"}')
    .addHelpText('after', '\nExample: signalbox agent --config agent.yaml')
    .action((options: AgentOptions) => start(io, options));

  agent
    .command('add')
    .argument('<name>', 'name of the agent, and of its user in RabbitMQ', readName)
    .requiredOption('--pools <names>', 'whose runs it may take, with commas between', readPools)
    .option('--slots <number>', 'how many runs at a time (default: 2)', readSlots, 2)
    .option('--config <file>', "the server's configuration, which names RabbitMQ (default: ./signalbox.yaml)")
    .option(
      '--api <address>',
      "RabbitMQ's management address, with the name and password of an administrator",
    )
    .option('--print', 'make no user: print the commands that do')
    .option('--json', 'print its name, password and configuration as JSON')
    .description('make a user for an agent, with the least rights, and print the configuration of the agent')
    .addHelpText('after', '\nExample: signalbox agent add box-1 --pools linux > agent.yaml')
    .action((name: string, _own: unknown, command: Command) =>
      // `--config` is an option of both, and the command above takes it.
      addAgent(io, name, command.optsWithGlobals<AddOptions>()),
    );
}

interface AgentOptions {
  readonly config: string | undefined;
  readonly data: string | undefined;
  readonly readyFile: string | undefined;
}

export interface AddOptions {
  readonly pools: readonly string[];
  readonly slots: number;
  readonly config: string | undefined;
  readonly api: string | undefined;
  readonly print: boolean | undefined;
  readonly json: boolean | undefined;
}

async function start(io: CliIo, { config: file, data, readyFile }: AgentOptions): Promise<void> {
  // Every other command starts sooner without it.
  const { readConfig } = await import('./config-file.ts');
  const { noOverrides } = await import('../config/assemble.ts');
  const { runAgent } = await import('../app-agent.ts');
  const config = readConfig(io, file, { ...noOverrides, data });
  await runAgent({
    config,
    cwd: io.cwd,
    jobEnvironment: jobEnvironment(io.env),
    writeLog: lines => io.stdout.write(lines),
    version,
    ownAction: undefined,
    life: io.life,
    ready: async ({ name, pools, slots }) => {
      if (readyFile !== undefined)
        await announce(resolve(io.cwd, readyFile), { pid: process.pid, agent: name, pools });
      say(
        io,
        `signalbox ${version}: agent ${name}, ${slots} at a time of ${pools.join(', ')}, ${visible(config.file ?? '')}`,
      );
    },
  });
}

function readName(text: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(text))
    throw new InvalidArgumentError('A name is up to 64 of a-z, 0-9, ".", "_" and "-".');
  return text;
}

function readPools(text: string): readonly string[] {
  const pools = text.split(',').map(pool => readName(pool.trim()));
  const taken = pools.find(pool => serverPools.includes(pool));
  if (taken !== undefined)
    throw new InvalidArgumentError(`The runs of "${taken}" are taken by servers alone: name another pool.`);
  return [...new Set(pools)];
}

function readSlots(text: string): number {
  const slots = Number(text);
  if (!Number.isInteger(slots) || slots < 1 || slots > 1000)
    throw new InvalidArgumentError('Say a number from 1 to 1000.');
  return slots;
}
