import type { Command } from 'commander';
import { runStates } from '../domain/run.ts';
import { paged } from '../server/json/paged.ts';
import { type RunJson, runDetailSchema, runSchema } from '../server/json/run.ts';
import { followRuns } from './follow-runs.ts';
import { type CliIo, hint, print, printJson, say } from './io.ts';
import { printStoredLog } from './print-stored-log.ts';
import {
  connect,
  type Options,
  type PageOptions,
  readWord,
  withPages,
  withServer,
} from './server-options.ts';
import { showRun, standing, took } from './show/run.ts';
import { runMark } from './style.ts';
import { type Cell, type Column, cell, markedCell, printTable } from './table.ts';
import { visible } from './text.ts';
import { when } from './when.ts';
import { eventDetail } from './wire/event.ts';

const idMeaning = 'id of a run, or "last"';

export function register(program: Command, io: CliIo): void {
  const runs = program.command('runs').description('the work that events started');

  withServer(
    withPages(runs.command('ls'))
      .description('list runs, newest first')
      .option('--state <state>', `only in this state: ${runStates.join(', ')}`, readWord(runStates))
      .option('--rule <name>', 'only of this rule')
      .option('--event <id>', 'only those that this event started (or "last")'),
  )
    .addHelpText('after', '\nExample: signalbox runs ls --rule unit-tests --state finished')
    .action((options: ListOptions) => ls(io, options));

  withServer(
    runs
      .command('show')
      .argument('<id>', idMeaning)
      .description('the story of one run: event, commit, attempts, reports'),
  )
    .addHelpText('after', '\nExample: signalbox runs show last')
    .action((id: string, options: Options) => show(io, id, options));

  withServer(
    runs
      .command('logs')
      .argument('<id>', idMeaning)
      .description('print what a run has printed')
      .option('-f, --follow', 'go on until it ends, and end like it')
      .option('-t, --timestamps', 'put the time before each line'),
  )
    .addHelpText('after', '\nExample: signalbox runs logs -f last')
    .action((id: string, options: LogOptions) => logs(io, id, options));

  for (const { verb, about } of acts)
    withServer(runs.command(verb).argument('<id>', idMeaning).description(about))
      .addHelpText('after', `\nExample: signalbox runs ${verb} last`)
      .action((id: string, options: Options) => act(io, id, verb, options));
}

interface ListOptions extends Options, PageOptions {
  readonly state: string | undefined;
  readonly rule: string | undefined;
  readonly event: string | undefined;
}

interface LogOptions extends Options {
  readonly follow: boolean | undefined;
  readonly timestamps: boolean | undefined;
}

const acts = [
  { verb: 'cancel', about: 'end a run; its whole process tree goes' },
  { verb: 'rerun', about: 'the same work once more, as a run of its own' },
  { verb: 'approve', about: 'let a blocked run start: this one alone' },
] as const;

const path = (id: string): string => `/api/runs/${encodeURIComponent(id)}`;

async function ls(io: CliIo, options: ListOptions): Promise<void> {
  const api = await connect(io, options);
  const { state, rule, event, limit, after } = options;
  const { json, value } = await api.get('/api/runs', paged(runSchema), { state, rule, event, limit, after });
  if (options.json) return printJson(io, json);
  printTable(
    io,
    columns,
    value.items.map(run => row(io, run)),
    'no runs yet: "signalbox events explain last" tells why',
  );
  if (value.next !== null) hint(io, `more: signalbox runs ls --after ${value.next}`);
}

async function show(io: CliIo, id: string, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.get(path(id), runDetailSchema);
  if (options.json) return printJson(io, json);
  const event = await api.get(`/api/events/${encodeURIComponent(value.event)}`, eventDetail);
  print(io, showRun(io, value, event.value));
}

async function logs(io: CliIo, id: string, options: LogOptions): Promise<void> {
  const api = await connect(io, options);
  if (options.follow) await followRuns(io, api, [id], options);
  else await printStoredLog(io, api, path(id), options);
}

async function act(io: CliIo, id: string, verb: string, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.post(`${path(id)}/${verb}`, runSchema);
  if (options.json) return printJson(io, json);
  print(io, [visible(value.id)]);
  say(io, value.reason === null ? standing(value) : `${standing(value)}: ${value.reason}`);
}

const columns: readonly Column[] = [
  { title: 'RUN', shrinksTo: null },
  { title: 'STATE', shrinksTo: null },
  { title: 'RULE', shrinksTo: 10 },
  { title: 'QUEUED', shrinksTo: null },
  { title: 'TOOK', shrinksTo: null },
  { title: 'REPOSITORY', shrinksTo: 10 },
];

/** What ran: the rule, and what of it where its events choose. */
function what({ rule, script, workflow }: RunJson): string {
  const chosen = script ?? workflow?.name ?? null;
  return chosen === null ? rule : `${rule}: ${chosen}`;
}

function row(io: CliIo, run: RunJson): readonly Cell[] {
  return [
    cell(run.id),
    markedCell(runMark(standing(run)), standing(run)),
    cell(what(run)),
    cell(when(io, Date.parse(run.queuedAt))),
    cell(took(io, run)),
    cell(run.repo?.name ?? null),
  ];
}
