import type { Command } from 'commander';
import { SignalboxError } from '../domain/errors.ts';
import type { PlacedFinding } from '../sources/hooks/check/finding.ts';
import { exitCodes } from './exit-codes.ts';
import { hookSample, readNamedFile } from './hook-sample.ts';
import { type CliIo, print, printJson } from './io.ts';
import { type Options, withServer } from './server-options.ts';
import { decidedJson, findingLine, showDecided } from './show/hook.ts';
import { paint } from './style.ts';
import { templateWorld } from './template-world.ts';
import { visible } from './text.ts';

export function register(program: Command, io: CliIo): void {
  const hooks = program.command('hooks').description('hooks files of adnanh/webhook');

  hooks
    .command('check')
    .argument('<file>', 'hooks file, JSON or YAML')
    .description('find what bites in a hooks file, with its line and how to mend it')
    .option('--template', 'read it as a Go template first')
    .option('--elsewhere', 'it is for another machine: look up neither its commands nor its references')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample: signalbox hooks check hooks.json')
    .action((file: string, options: CheckOptions) => check(io, file, options));

  withServer(
    hooks
      .command('explain')
      .argument('<file>', 'hooks file, JSON or YAML')
      .argument('[id]', "the hook (default: the one in the sample's path, else each)")
      .description('what would a hook answer to a request, and run, and why? nothing runs')
      .requiredOption(
        '--event <sample>',
        'the request: a file with JSON (method, headers, query, body) or as it goes over the wire; or an event: its id, or "last"',
      )
      .option('--template', 'read the file as a Go template first'),
  )
    .addHelpText('after', '\nExample: signalbox hooks explain hooks.json deploy --event sample.json')
    .action((file: string, id: string | undefined, options: ExplainOptions) =>
      explain(io, file, id, options),
    );
}

interface FileOptions {
  readonly template: boolean | undefined;
  readonly json: boolean | undefined;
}

interface CheckOptions extends FileOptions {
  readonly elsewhere: boolean | undefined;
}

interface ExplainOptions extends Options, Pick<FileOptions, 'template'> {
  readonly event: string;
}

// What reads hooks files is loaded when it is needed: every other command starts sooner.

async function check(io: CliIo, file: string, options: CheckOptions): Promise<void> {
  const { checkFile } = await import('../sources/hooks/check/check-file.ts');
  const { read, behaviour } = await readHooksFile(io, file, options);
  const programs = options.elsewhere ? null : { cwd: io.cwd, path: io.env['PATH'] ?? '' };
  const findings: readonly PlacedFinding[] =
    read.result === 'refused'
      ? [{ severity: 'error', place: read.place, path: '', message: read.message }]
      : checkFile({ behaviour, isTemplate: options.template === true, programs }, read.file);
  const ok = findings.every(({ severity }) => severity === 'warning');
  if (!ok) io.exitWith(exitCodes.failed);
  if (options.json) return printJson(io, { ok, findings });
  print(
    io,
    findings.map(each => findingLine(io, file, each)),
  );
  if (ok) print(io, [`${paint(io, 'green', 'ok')} ${visible(file)}`]);
}

async function explain(
  io: CliIo,
  file: string,
  id: string | undefined,
  options: ExplainOptions,
): Promise<void> {
  const { decide, hookOf } = await import('../sources/hooks/decide.ts');
  const { read, behaviour } = await readHooksFile(io, file, { ...options, elsewhere: false });
  if (read.result === 'refused')
    throw new SignalboxError('invalid', `${file}:${read.place.line}:${read.place.column}: ${read.message}`);
  const sample = await hookSample(io, options.event, options);
  const { hooks } = read.file;
  const wanted = id ?? sample.id;
  const known = hooks.map(({ id }) => id);
  if (wanted !== null && hookOf(hooks, wanted) === undefined)
    throw new SignalboxError(
      'not_found',
      `${file} has no hook "${wanted}", only ${known.join(', ') || 'none at all'}`,
    );
  const serving = { behaviour, headers: [], methods: [], multipartMemoryBytes, longestBodyBytes };
  const decided = (wanted === null ? [...new Set(known)] : [wanted]).map(
    id => [id, decide(serving, hooks, id, sample.request)] as const,
  );
  if (options.json)
    return printJson(
      io,
      decided.map(([id, decision]) => decidedJson(id, decision)),
    );
  print(
    io,
    decided.flatMap(([id, decision], n) => [...(n === 0 ? [] : ['']), ...showDecided(io, id, decision)]),
  );
}

/** What a server takes unless it is told otherwise. */
const multipartMemoryBytes = 1_048_576;
const longestBodyBytes = 25_000_000;

async function readHooksFile(io: CliIo, file: string, options: Pick<CheckOptions, 'template' | 'elsewhere'>) {
  const { readHooks } = await import('../sources/hooks/file/read-hooks.ts');
  const { ours } = await import('../sources/hooks/deviations.ts');
  const reading = {
    behaviour: ours,
    template: options.template ? templateWorld(io) : null,
    references: options.elsewhere ? null : { env: io.env, directory: io.cwd },
  };
  return { read: readHooks(reading, readNamedFile(io, file)), behaviour: ours };
}
