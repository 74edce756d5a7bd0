import { resolve } from 'node:path';
import type { Command } from 'commander';
import { noOverrides } from '../config/assemble.ts';
import type { Config } from '../config/config.ts';
import { SignalboxError } from '../domain/errors.ts';
import { lookUp, references } from '../lib/references.ts';
import { readConfig } from './config-file.ts';
import { type CliIo, hint, print, printJson } from './io.ts';
import { tellProgress } from './progress.ts';
import { visible } from './text.ts';

export function register(program: Command, io: CliIo): void {
  program
    .command('migrate')
    .description('copy a SQLite store into PostgreSQL')
    .requiredOption('--from <directory>', 'the data directory')
    .option(
      '--to <address>',
      "postgres://…, with ${env:NAME} for the password (default: the configuration's `store`)",
    )
    .option('--config <file>', 'configuration (default: ./signalbox.yaml, if there is one)')
    .option('--with-logs', 'copy the files of logs too, where `logs` is a bucket from now on')
    .option('--json', 'print what was copied as JSON')
    .addHelpText(
      'after',
      `\nExample: signalbox migrate --from ./data --to 'postgres://signalbox:\${env:PASSWORD}@db/signalbox'\nWhole or not at all; the data directory stays as it is. Without --with-logs, logs stay in its files, where a server with this data directory finds them.`,
    )
    .action((options: MigrateOptions) => migrate(io, options));
}

interface MigrateOptions {
  readonly from: string;
  readonly to: string | undefined;
  readonly config: string | undefined;
  readonly withLogs: boolean | undefined;
  readonly json: boolean | undefined;
}

async function migrate(io: CliIo, options: MigrateOptions): Promise<void> {
  const { transfer } = await import('../store/transfer/transfer.ts');
  const directory = resolve(io.cwd, options.from);
  const copied = await transfer({
    from: directory,
    to: options.to === undefined ? configured(io, options) : written(io, options.to),
    withLogs: options.withLogs ?? false,
    progress: tellProgress(io),
    signal: io.signal,
  });
  if (options.json) return printJson(io, copied);
  const { rows, logs } = copied;
  print(io, [
    `${visible(directory)}: ${Object.entries(rows)
      .filter(([, count]) => count > 0)
      .map(([table, count]) => `${table} ${count}`)
      .join(', ')}${logs === null ? '' : `, log files ${logs}`}`,
  ]);
  hint(
    io,
    'each count was compared with the new database; next: `store:` in signalbox.yaml, and signalbox serve',
  );
}

function configured(io: CliIo, { config: file }: MigrateOptions): string {
  const { store }: Config = readConfig(io, file, noOverrides);
  if (store.kind === 'postgres') return store.url;
  throw new SignalboxError(
    'invalid',
    'the configuration names no PostgreSQL database in `store`: name one with --to',
  );
}

function written(io: CliIo, text: string): string {
  const address = text.replace(references, (_, kind: string, name: string) => {
    const found = lookUp(kind, name, { env: io.env, directory: io.cwd });
    if (found.result === 'found') return found.text;
    throw new SignalboxError('invalid', `--to: ${found.message}`);
  });
  if (/^postgres(ql)?:\/\//.test(address) && URL.canParse(address)) return address;
  throw new SignalboxError(
    'invalid',
    '--to is no address of a PostgreSQL database: write postgres://user@host/database',
  );
}
