import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { StorePlace } from '../../app-parts/store.ts';
import { noOverrides } from '../../config/assemble.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { readConfig } from '../config-file.ts';
import { type CliIo, hint, print, printJson, say } from '../io.ts';
import { tellProgress } from '../progress.ts';
import { visible } from '../text.ts';

export function register(program: Command, io: CliIo): void {
  const radicle = program.command('radicle').description('what belongs to a Radicle node');
  radicle
    .command('import')
    .argument('<database>', "radicle-ci-broker's database: what its configuration calls db")
    .description('take over the runs of a radicle-ci-broker as finished runs; no server may run on the data')
    .option('--config <file>', 'whose store it is (default: ./signalbox.yaml, if there is one)')
    .option('--data <directory>', "a data directory with a store of its own, instead of the configuration's")
    .option('--home <directory>', "the node's (default: $RAD_HOME, else ~/.radicle)")
    .option('--json', 'print what was taken over as JSON')
    .addHelpText(
      'after',
      '\nExample: signalbox radicle import broker.db --data ./imported\nDoing it again adds what is new since, and changes nothing else.',
    )
    .action((database: string, options: ImportOptions) => importRuns(io, database, options));
}

interface ImportOptions {
  readonly config: string | undefined;
  readonly data: string | undefined;
  readonly home: string | undefined;
  readonly json: boolean | undefined;
}

/** What a data directory has where no configuration says otherwise. */
const ownStore = { store: { kind: 'sqlite' }, logs: null, transport: { kind: 'embedded' } } as const;

/** More would not be read. */
const mostNamed = 5;

async function importRuns(io: CliIo, database: string, options: ImportOptions): Promise<void> {
  const { importBrokerRuns } = await import('./import.ts');
  const usualHome = io.env['RAD_HOME'] || join(io.env['HOME'] || homedir(), '.radicle');
  const into: StorePlace =
    options.data === undefined
      ? readConfig(io, options.config, noOverrides)
      : { ...ownStore, dataDir: resolve(io.cwd, options.data) };
  const directory = into.dataDir;
  const isNew = !existsSync(directory);
  const imported = await importBrokerRuns({
    database: resolve(io.cwd, database),
    into,
    home: resolve(io.cwd, options.home ?? usualHome),
    path: io.env['PATH'] ?? '',
    now: io.now(),
    trouble: error => say(io, visible(SignalboxError.from(error).message)),
    progress: tellProgress(io),
    signal: io.signal,
  });
  if (options.json) return printJson(io, { directory, ...imported });
  const { added, known, unfinished, unreadable, missing } = imported;
  print(io, [`${visible(directory)}: ${added} runs taken over, ${known} were there already`]);
  if (unfinished.length > 0)
    say(
      io,
      `left out, because the broker has not finished them: ${some(unfinished)}. Do this again when it has.`,
    );
  for (const { id, why } of unreadable.slice(0, mostNamed))
    say(io, `left out, because it cannot be read: ${id} (${why})`);
  if (unreadable.length > mostNamed)
    say(io, `… and ${unreadable.length - mostNamed} more that cannot be read: --json names them`);
  if (missing.length > 0)
    say(
      io,
      `not in the node's storage any more, and so taken to be private: ${some(missing)}. Is --home right?`,
    );
  if (isNew) hint(io, `next: signalbox serve --data ${visible(directory)}`);
}

function some(words: readonly string[]): string {
  const more = words.length > mostNamed ? ` and ${words.length - mostNamed} more` : '';
  return words.slice(0, mostNamed).join(', ') + more;
}
