import type { Command } from 'commander';
import { eventTypes } from '../domain/event.ts';
import { decisionSchema } from '../server/json/decision.ts';
import { paged } from '../server/json/paged.ts';
import { followRuns } from './follow-runs.ts';
import { type CliIo, hint, print, printJson } from './io.ts';
import { plainLog } from './print-log.ts';
import { listRefusals } from './refusals.ts';
import {
  connect,
  type Options,
  type PageOptions,
  readWord,
  withPages,
  withServer,
} from './server-options.ts';
import { showDecision } from './show/decision.ts';
import { eventFacts, eventHead, happening } from './show/event.ts';
import { explainVerdicts } from './show/explain.ts';
import { verdictMark } from './style.ts';
import { type Cell, type Column, cell, printTable } from './table.ts';
import { when } from './when.ts';
import { type EventItem, eventDetail, eventItem } from './wire/event.ts';

const idMeaning = 'id of an event, or "last"';

export function register(program: Command, io: CliIo): void {
  const events = program.command('events').description('what came in, and why each rule ran or did not');

  withServer(
    withPages(events.command('ls'))
      .description('list events, newest first')
      .option('--source <name>', 'only from this source')
      .option('--type <type>', `only of this type: ${eventTypes.join(', ')}`, readWord(eventTypes))
      .option('--repo <name>', 'only of this repository'),
  )
    .addHelpText('after', '\nExample: signalbox events ls --type push --repo acme/widgets')
    .action((options: ListOptions) => ls(io, options));

  withServer(events.command('show').argument('<id>', idMeaning).description('one event with what arrived'))
    .addHelpText(
      'after',
      '\nExample: signalbox events show last --json > event.json && signalbox send event.json',
    )
    .action((id: string, options: Options) => show(io, id, options));

  withServer(
    events
      .command('explain')
      .argument('<id>', idMeaning)
      .description('why did it (not) run? each rule with its conditions and the values seen'),
  )
    .addHelpText('after', '\nExample: signalbox events explain last')
    .action((id: string, options: Options) => explain(io, id, options));

  withServer(withPages(events.command('refused')).description('what was turned away at the door, and why'))
    .addHelpText('after', '\nExample: signalbox events refused')
    .action((options: Options & PageOptions) => listRefusals(io, options));

  withServer(
    events
      .command('replay')
      .argument('<id>', idMeaning)
      .description("the event once more, against today's rules")
      .option('--dry-run', 'only tell what would happen')
      .option('--wait', 'follow its runs to their end and end like them'),
  )
    .addHelpText('after', '\nExample: signalbox events replay last --dry-run')
    .action((id: string, options: ReplayOptions) => replay(io, id, options));
}

interface ListOptions extends Options, PageOptions {
  readonly source: string | undefined;
  readonly type: string | undefined;
  readonly repo: string | undefined;
}

interface ReplayOptions extends Options {
  readonly dryRun: boolean | undefined;
  readonly wait: boolean | undefined;
}

const path = (id: string): string => `/api/events/${encodeURIComponent(id)}`;

async function ls(io: CliIo, options: ListOptions): Promise<void> {
  const api = await connect(io, options);
  const { source, type, repo, limit, after } = options;
  const { json, value } = await api.get('/api/events', paged(eventItem), {
    source,
    type,
    repo,
    limit,
    after,
  });
  if (options.json) return printJson(io, json);
  printTable(
    io,
    columns,
    value.items.map(event => row(io, event)),
    'no events yet: try "signalbox send github.push"',
  );
  if (value.next !== null) hint(io, `more: signalbox events ls --after ${value.next}`);
}

async function show(io: CliIo, id: string, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.get(path(id), eventDetail);
  if (options.json) return printJson(io, json);
  print(io, [...eventHead(io, value), '', ...eventFacts(io, value)]);
  hint(io, `why did it (not) run? signalbox events explain ${value.id}`);
}

async function explain(io: CliIo, id: string, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.get(path(id), eventDetail);
  if (options.json) return printJson(io, json);
  print(io, [...eventHead(io, value), '', ...explainVerdicts(io, value.verdicts)]);
}

async function replay(io: CliIo, id: string, options: ReplayOptions): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.post(`${path(id)}/replay`, decisionSchema, { dryRun: options.dryRun });
  if (options.json) printJson(io, json);
  else print(io, showDecision(io, value));
  if (options.wait) await followRuns(io, api, value.runs, options.json ? null : plainLog);
}

const columns: readonly Column[] = [
  { title: 'EVENT', shrinksTo: null },
  { title: 'WHEN', shrinksTo: null },
  { title: 'WHAT', shrinksTo: 12 },
  { title: 'REPOSITORY', shrinksTo: 10 },
  { title: 'RULES', shrinksTo: null },
];

function row(io: CliIo, event: EventItem): readonly Cell[] {
  return [
    cell(event.id),
    cell(when(io, Date.parse(event.receivedAt))),
    cell(happening(event)),
    cell(event.repo?.name ?? null),
    verdictCounts(event),
  ];
}

/** `✓1 ✗3`: how many rules gave each answer. */
function verdictCounts({ verdicts }: EventItem): Cell {
  const words = ['matched', 'blocked', 'error', 'not matched'] as const;
  const counted = words
    .map(word => ({
      mark: verdictMark(word),
      count: verdicts.filter(({ verdict }) => verdict === word).length,
    }))
    .filter(({ count }) => count > 0);
  return cell(counted.map(({ mark, count }) => `${mark.symbol}${count}`).join(' '), counted[0]?.mark.colour);
}
