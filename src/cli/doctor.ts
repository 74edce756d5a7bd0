import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { checkData } from './doctor/data.ts';
import { checkElsewhere } from './doctor/elsewhere.ts';
import type { Finding, Health } from './doctor/finding.ts';
import { checkIsolation } from './doctor/isolation.ts';
import { checkGit, checkNode, checkShell, checkUser } from './doctor/machine.ts';
import { checkRadicle } from './doctor/radicle.ts';
import { checkConfig, checkServer } from './doctor/service.ts';
import { exitCodes } from './exit-codes.ts';
import { type CliIo, print, printJson } from './io.ts';
import { dataDirectory } from './server-address.ts';
import { type Options, withServer } from './server-options.ts';
import { prose } from './show/block.ts';
import { type Mark, paint } from './style.ts';

export function register(program: Command, io: CliIo): void {
  withServer(
    program
      .command('doctor')
      .description('look for what is wrong here, and say how to mend it')
      .option('--config <file>', 'configuration (default: ./signalbox.yaml, if there is one)'),
  )
    .addHelpText('after', '\nExample: signalbox doctor\nEnds with 1 when something is broken.')
    .action((options: DoctorOptions) => doctor(io, options));
}

interface DoctorOptions extends Options {
  readonly config: string | undefined;
}

async function doctor(io: CliIo, options: DoctorOptions): Promise<void> {
  // Loaded when it is needed: every other command starts sooner.
  const { loadConfigFile } = await import('./config-file.ts');
  const loaded = loadConfigFile(io, options.config);
  const config = loaded.result === 'loaded' ? loaded.config : null;
  const configured = config === null || config.file === null ? undefined : config.dataDir;
  const data = await dataDirectory(io, options.data ?? configured);
  const findings: readonly Finding[] = [
    checkNode(),
    await checkGit(io.env),
    await checkShell(),
    checkUser(),
    await checkIsolation(io.env),
    checkConfig(loaded),
    ...(await checkRadicle(config, io.env)),
    ...(await checkData(data, kindOf(config))),
    ...(await checkElsewhere(config)),
    ...(isAgents(config) ? [] : await checkServer(io, { ...options, data }, config)),
  ];
  const isBroken = findings.some(({ health }) => health === 'broken');
  if (options.json) printJson(io, { ok: !isBroken, findings });
  else {
    const columns = Math.max(...findings.map(({ check }) => check.length)) + 2;
    print(
      io,
      findings.flatMap(each => lines(io, each, columns)),
    );
  }
  if (isBroken) io.exitWith(exitCodes.failed);
}

const isAgents = (config: Config | null): boolean => config !== null && config.agent !== null;

function kindOf(config: Config | null): Parameters<typeof checkData>[1] {
  if (isAgents(config)) return 'agent';
  return config?.store.kind === 'postgres' ? 'server with a database' : 'server';
}

const marks: Readonly<Record<Health, Mark>> = {
  ok: { symbol: '✓', colour: 'green' },
  info: { symbol: '·', colour: 'gray' },
  warning: { symbol: '!', colour: 'yellow' },
  broken: { symbol: '✗', colour: 'red' },
};

function lines(io: CliIo, { check, health, says, mend }: Finding, nameColumns: number): readonly string[] {
  const { symbol, colour } = marks[health];
  const indent = ' '.repeat(nameColumns + 2);
  const [first = '', ...rest] = prose(io, indent, says);
  return [
    `${paint(io, colour, symbol)} ${check.padEnd(nameColumns)}${first.trimStart()}`,
    ...rest,
    ...(mend === null ? [] : prose(io, `${indent}→ `, mend)),
  ];
}
