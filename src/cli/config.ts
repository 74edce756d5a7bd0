import type { Command } from 'commander';
import type { Config, Door } from '../config/config.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { exitCodes } from './exit-codes.ts';
import { type CliIo, print, printJson } from './io.ts';
import { pairs } from './show/block.ts';
import { paint } from './style.ts';
import { visible } from './text.ts';

export function register(program: Command, io: CliIo): void {
  const config = program.command('config').description('signalbox.yaml');

  config
    .command('check')
    .argument('[file]', 'configuration to check (default: --config, then ./signalbox.yaml)')
    .description('find every mistake in a configuration, with its line')
    .option('--config <file>', 'the same as the argument')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample: signalbox config check signalbox.yaml')
    .action((file: string | undefined, options: CheckOptions) => check(io, file ?? options.config, options));

  config
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .option('--json', 'it is JSON in any case')
    .addHelpText('after', '\nExample: signalbox config schema > signalbox.schema.json')
    .action(() => schema(io));
}

interface CheckOptions {
  readonly config: string | undefined;
  readonly json: boolean | undefined;
}

// What reads configurations is loaded when it is needed: every other command starts sooner.

async function schema(io: CliIo): Promise<void> {
  const { configJsonSchema } = await import('../config/json-schema.ts');
  printJson(io, configJsonSchema());
}

async function check(io: CliIo, file: string | undefined, options: CheckOptions): Promise<void> {
  const { loadConfigFile } = await import('./config-file.ts');
  const { summary } = await import('../config/summary.ts');
  const loaded = loadConfigFile(io, file);
  switch (loaded.result) {
    case 'loaded': {
      const { config, warnings } = loaded;
      if (options.json) return printJson(io, { ok: true, warnings, config: summary(config) });
      print(io, [...warnings.map(each => problemLine(io, 'warning', each)), ...inShort(io, config)]);
      return;
    }
    case 'refused':
      io.exitWith(exitCodes.usage);
      if (options.json) return printJson(io, { ok: false, problems: loaded.problems });
      print(
        io,
        loaded.problems.map(each => problemLine(io, 'error', each)),
      );
  }
}

function problemLine(io: CliIo, kind: 'error' | 'warning', problem: Problem): string {
  return `${paint(io, kind === 'error' ? 'red' : 'yellow', kind)} ${visible(formatProblem(problem))}`;
}

function inShort(io: CliIo, config: Config): readonly string[] {
  const { file, dataDir, rules, secrets } = config;
  const forges = (['github', 'gitlab', 'gitea'] as const).filter(name => config[name] !== null);
  return [
    `${paint(io, 'green', 'ok')} ${visible(file ?? 'no signalbox.yaml here: the defaults hold')}`,
    ...pairs(io, [
      ['public', address(config.public)],
      ['admin', address(config.admin)],
      ['data', dataDir],
      ['sources', forges.join(', ') || 'none but the schedule'],
      ['rules', rules.map(({ name }) => name).join(', ') || 'none'],
      ['secrets', Object.keys(secrets).join(', ') || 'none'],
    ]),
  ];
}

const address = ({ host, port }: Door): string => `${host}:${port}`;
