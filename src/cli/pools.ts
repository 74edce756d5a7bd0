import type { Command } from 'commander';
import { SignalboxError } from '../domain/errors.ts';
import type { HoldJson } from '../server/json/hold.ts';
import { type PoolJson, type PoolsJson, poolSchema, poolsSchema } from '../server/json/pool.ts';
import type { Api } from './client.ts';
import { holdWords } from './hold-words.ts';
import { type CliIo, print, printJson, say } from './io.ts';
import { connect, type Options, withServer } from './server-options.ts';
import type { Mark } from './style.ts';
import { type Cell, type Column, cell, markedCell, printTable } from './table.ts';
import { visible } from './text.ts';
import { waitUntil } from './wait-until.ts';

export function register(program: Command, io: CliIo): void {
  const pools = program.command('pools').description('where runs wait for agents');

  withServer(pools.command('ls').description('list pools: what waits, what runs, and what is paused'))
    .addHelpText('after', '\nExample: signalbox pools ls')
    .action((options: Options) => ls(io, options));

  withServer(
    pools
      .command('pause')
      .argument('[name]', 'name of the pool')
      .description('let nothing new start; events are still taken, and what runs goes on')
      .option('--all', 'all pools')
      .option('--reason <text>', 'why: whoever looks at a run that waits reads it')
      .option('--wait', 'until nothing of it runs any more'),
  )
    .addHelpText('after', '\nExample: signalbox pools pause local --reason "new disks" --wait')
    .action((name: string | undefined, options: PauseOptions) => pause(io, name, options));

  withServer(
    pools
      .command('resume')
      .argument('[name]', 'name of the pool')
      .description('let what waits start, in the order in which it came')
      .option('--all', 'take back the pause of all pools; one that is paused by its name stays so'),
  )
    .addHelpText('after', '\nExample: signalbox pools resume local')
    .action((name: string | undefined, options: ResumeOptions) => resume(io, name, options));
}

interface ResumeOptions extends Options {
  readonly all: boolean | undefined;
}

interface PauseOptions extends ResumeOptions {
  readonly reason: string | undefined;
  readonly wait: boolean | undefined;
}

async function ls(io: CliIo, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.get('/api/pools', poolsSchema);
  if (options.json) return printJson(io, json);
  printTable(
    io,
    columns,
    value.items.map(pool => row(io, pool, value)),
    'no pools: a rule names one in "pool"',
  );
  if (value.everything !== null) say(io, pausedWords(io, 'everything', value.everything));
}

async function pause(io: CliIo, name: string | undefined, options: PauseOptions): Promise<void> {
  const { reason } = options;
  const api = await connect(io, options);
  await act(io, api, chosen(name, options.all), 'pause', { reason }, options);
  if (!options.wait) return;
  await waitUntil(io, async () => {
    const { items } = (await api.get('/api/pools', poolsSchema)).value;
    return items.every(pool => pool.running === 0 || (name !== undefined && pool.name !== name));
  });
  say(io, 'nothing of it runs any more');
}

async function resume(io: CliIo, name: string | undefined, options: ResumeOptions): Promise<void> {
  const api = await connect(io, options);
  await act(io, api, chosen(name, options.all), 'resume', {}, options);
}

/** One pool; null: all of them. */
function chosen(name: string | undefined, all: boolean | undefined): string | null {
  if ((name === undefined) === (all === undefined))
    throw new SignalboxError(
      'invalid',
      'say which pool, or --all ("signalbox pools ls" shows which there are)',
    );
  return name ?? null;
}

async function act(
  io: CliIo,
  api: Api,
  name: string | null,
  verb: 'pause' | 'resume',
  body: object,
  options: Options,
): Promise<void> {
  if (name === null) {
    const { json, value } = await api.post(`/api/pools/${verb}`, poolsSchema, body);
    if (options.json) return printJson(io, json);
    const { everything, items } = value;
    print(
      io,
      items.map(pool => visible(pool.name)),
    );
    return say(io, everything === null ? 'everything goes on' : pausedWords(io, 'everything', everything));
  }
  const { json, value } = await api.post(`/api/pools/${encodeURIComponent(name)}/${verb}`, poolSchema, body);
  if (options.json) return printJson(io, json);
  print(io, [visible(value.name)]);
  say(
    io,
    value.pause === null ? `pool ${value.name} goes on` : pausedWords(io, `pool ${value.name}`, value.pause),
  );
}

const pausedWords = (io: CliIo, what: string, hold: HoldJson): string =>
  `${what} is paused ${holdWords(io, hold)}`;

const marks: Readonly<Record<'open' | 'paused', Mark>> = {
  open: { symbol: '✓', colour: 'green' },
  paused: { symbol: '‖', colour: 'yellow' },
};

const columns: readonly Column[] = [
  { title: 'POOL', shrinksTo: 12 },
  { title: 'STATE', shrinksTo: null },
  { title: 'WAITING', shrinksTo: null },
  { title: 'RUNNING', shrinksTo: null },
  { title: 'AGENTS', shrinksTo: 12 },
  { title: 'WHY', shrinksTo: 20 },
];

function row(io: CliIo, pool: PoolJson, { everything }: PoolsJson): readonly Cell[] {
  const hold = pool.pause ?? everything;
  const state = hold === null ? 'open' : 'paused';
  const agents = pool.agents.map(({ name, state }) => (state === 'online' ? name : `${name} (${state})`));
  return [
    cell(pool.name),
    markedCell(marks[state], state),
    cell(String(pool.waiting)),
    cell(String(pool.running)),
    cell(agents.join(', ')),
    cell(hold === null ? null : holdWords(io, hold)),
  ];
}
