import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CliIo, print, printJson } from './io.ts';
import { tellProgress } from './progress.ts';
import { dataDirectory } from './server-address.ts';
import { visible } from './text.ts';
import { version } from './version.ts';

export function register(program: Command, io: CliIo): void {
  program
    .command('backup')
    .description('copy store and logs into one file, while the server runs')
    .requiredOption('--to <file>', 'the file to make; it must not be there yet')
    .option('--data <directory>', 'the data directory (default: as signalbox.yaml says, else ./data)')
    .option('--json', 'print what was made as JSON')
    .addHelpText(
      'after',
      '\nExample: signalbox backup --to "signalbox-$(date +%F).tar"\nIt needs twice the room of the store for a while.',
    )
    .action((options: BackupOptions) => backup(io, options));
}

interface BackupOptions {
  readonly to: string;
  readonly data: string | undefined;
  readonly json: boolean | undefined;
}

async function backup(io: CliIo, { to, data, json }: BackupOptions): Promise<void> {
  const { backUp } = await import('../store/backup/backup.ts');
  const made = await backUp({
    directory: await dataDirectory(io, data),
    file: resolve(io.cwd, to),
    version,
    at: io.now(),
    progress: tellProgress(io),
    signal: io.signal,
  });
  if (json) return printJson(io, made);
  const { file, bytes, events, runs, logs } = made;
  const mebibytes = (bytes / (1024 * 1024)).toFixed(1);
  print(io, [`${visible(file)}: ${events} events, ${runs} runs, ${logs} logs, ${mebibytes} MiB`]);
}
