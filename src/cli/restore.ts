import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CliIo, hint, print, printJson } from './io.ts';
import { tellProgress } from './progress.ts';
import { visible } from './text.ts';

export function register(program: Command, io: CliIo): void {
  program
    .command('restore')
    .argument('<file>', 'a file that `backup` has made')
    .description('put a backup into a new data directory, whole or not at all')
    .requiredOption('--data <directory>', 'the data directory to make; it must be empty or not there yet')
    .option('--json', 'print what was restored as JSON')
    .addHelpText('after', '\nExample: signalbox restore "signalbox-$(date +%F).tar" --data ./restored')
    .action((file: string, options: RestoreOptions) => restoreBackup(io, file, options));
}

interface RestoreOptions {
  readonly data: string;
  readonly json: boolean | undefined;
}

async function restoreBackup(io: CliIo, file: string, { data, json }: RestoreOptions): Promise<void> {
  const { restore } = await import('../store/backup/restore.ts');
  const directory = resolve(io.cwd, data);
  const restored = await restore({
    file: resolve(io.cwd, file),
    directory,
    at: io.now(),
    progress: tellProgress(io),
    signal: io.signal,
  });
  if (json) return printJson(io, { directory, ...restored });
  const { events, runs, logs, madeAt } = restored;
  print(io, [`${visible(directory)}: ${events} events, ${runs} runs, ${logs} logs, as of ${madeAt}`]);
  hint(io, `next: signalbox serve --data ${visible(data)}`);
}
