import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { SignalboxError } from '../domain/errors.ts';
import { decisionSchema } from '../server/json/decision.ts';
import { paged } from '../server/json/paged.ts';
import { type RuleJson, ruleSchema } from '../server/json/rule.ts';
import { followRuns } from './follow-runs.ts';
import { type CliIo, print, printJson, say } from './io.ts';
import { plainLog } from './print-log.ts';
import { connect, type Options, withServer } from './server-options.ts';
import { showDecision } from './show/decision.ts';
import { type Cell, type Column, cell, printTable } from './table.ts';

export function register(program: Command, io: CliIo): void {
  const rules = program.command('rules').description('when something happens, what runs');

  withServer(rules.command('ls').description('list the rules in force'))
    .addHelpText('after', '\nExample: signalbox rules ls')
    .action((options: Options) => ls(io, options));

  withServer(
    rules
      .command('test')
      .description('what would rules answer to an event? nothing runs')
      .option('--event <id>', 'the event (default: last)', 'last')
      .option('--rules <file>', 'rules to try instead of those in force: YAML, as in signalbox.yaml'),
  )
    .addHelpText('after', '\nExample: signalbox rules test --event last --rules draft.yaml')
    .action((options: TestOptions) => test(io, options));

  withServer(
    rules
      .command('run')
      .argument('<name>', 'name of the rule')
      .description('start one rule by hand')
      .option('--repo <repository>', "name or clone URL (default: the rule's own)")
      .option(
        '--ref <ref>',
        "branch, commit or full name such as refs/tags/v1 (default: the repository's default branch)",
      )
      .option('--wait', 'follow the run to its end and end like it'),
  )
    .addHelpText('after', '\nExample: signalbox rules run unit-tests --repo acme/widgets --ref main --wait')
    .action((name: string, options: RunOptions) => run(io, name, options));
}

interface TestOptions extends Options {
  readonly event: string;
  readonly rules: string | undefined;
}

interface RunOptions extends Options {
  readonly repo: string | undefined;
  readonly ref: string | undefined;
  readonly wait: boolean | undefined;
}

async function ls(io: CliIo, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.get('/api/rules', paged(ruleSchema));
  if (options.json) return printJson(io, json);
  printTable(io, columns, value.items.map(row), 'no rules: they stand under "rules:" in signalbox.yaml');
}

async function test(io: CliIo, options: TestOptions): Promise<void> {
  const rules = options.rules === undefined ? undefined : await readText(io, options.rules);
  const api = await connect(io, options);
  const { json, value } = await api.post('/api/rules/test', decisionSchema, { event: options.event, rules });
  if (options.json) return printJson(io, json);
  print(io, showDecision(io, value));
}

async function run(io: CliIo, name: string, options: RunOptions): Promise<void> {
  const api = await connect(io, options);
  const { repo, ref } = options;
  const path = `/api/rules/${encodeURIComponent(name)}/run`;
  const { json, value } = await api.post(path, decisionSchema, { repo, ref });
  if (options.json) printJson(io, json);
  else if (options.wait) say(io, `started ${value.runs.join(', ')}`);
  else print(io, value.runs);
  if (options.wait) await followRuns(io, api, value.runs, options.json ? null : plainLog);
}

async function readText(io: Pick<CliIo, 'cwd'>, file: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8');
  } catch (error) {
    throw new SignalboxError('not_found', `${file} cannot be read: is the name right?`, { cause: error });
  }
}

const columns: readonly Column[] = [
  { title: 'RULE', shrinksTo: null },
  { title: 'WHEN', shrinksTo: 20 },
  { title: 'RUNS', shrinksTo: 12 },
];

function row({ name, when, action }: RuleJson): readonly Cell[] {
  return [cell(name), cell(when.join('; ')), cell(action.summary)];
}
