import type { Command } from 'commander';
import type { AgentState } from '../domain/agent.ts';
import { type AgentJson, agentSchema } from '../server/json/agent.ts';
import { paged } from '../server/json/paged.ts';
import { holdWords } from './hold-words.ts';
import { type CliIo, print, printJson, say } from './io.ts';
import { connect, type Options, withServer } from './server-options.ts';
import type { Mark } from './style.ts';
import { type Cell, type Column, cell, markedCell, printTable } from './table.ts';
import { visible } from './text.ts';
import { waitUntil } from './wait-until.ts';
import { when } from './when.ts';

export function register(program: Command, io: CliIo): void {
  const agents = program.command('agents').description('who takes runs');

  withServer(agents.command('ls').description('list agents, and what each runs now'))
    .addHelpText('after', '\nExample: signalbox agents ls')
    .action((options: Options) => ls(io, options));

  withServer(
    agents
      .command('drain')
      .argument('<name>', 'name of the agent')
      .description('let an agent take no more runs, over its restarts too; what it has goes on')
      .option('--reason <text>', 'why: whoever looks at the agent reads it')
      .option('--wait', 'until it has none any more'),
  )
    .addHelpText('after', '\nExample: signalbox agents drain local --reason "new disks" --wait')
    .action((name: string, options: DrainOptions) => drain(io, name, options));

  withServer(
    agents
      .command('undrain')
      .argument('<name>', 'name of the agent')
      .description('let a drained agent take runs again'),
  )
    .addHelpText('after', '\nExample: signalbox agents undrain local')
    .action((name: string, options: Options) => act(io, name, 'undrain', {}, options));
}

interface DrainOptions extends Options {
  readonly reason: string | undefined;
  readonly wait: boolean | undefined;
}

async function ls(io: CliIo, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.get('/api/agents', paged(agentSchema));
  if (options.json) return printJson(io, json);
  printTable(
    io,
    columns,
    value.items.map(each => row(io, each)),
    'no agents',
  );
  for (const { name, drain } of value.items)
    if (drain !== null) say(io, `${name} is drained ${holdWords(io, drain)}`);
}

async function drain(io: CliIo, name: string, options: DrainOptions): Promise<void> {
  const { reason, wait, ...rest } = options;
  await act(io, name, 'drain', { reason }, rest);
  if (!wait) return;
  const api = await connect(io, options);
  await waitUntil(io, async () => {
    const { items } = (await api.get('/api/agents', paged(agentSchema))).value;
    return items.every(agent => agent.name !== name || agent.running.length === 0);
  });
  say(io, 'it runs nothing any more');
}

async function act(
  io: CliIo,
  name: string,
  verb: 'drain' | 'undrain',
  body: object,
  options: Options,
): Promise<void> {
  const api = await connect(io, options);
  const path = `/api/agents/${encodeURIComponent(name)}/${verb}`;
  const { json, value } = await api.post(path, agentSchema, body);
  if (options.json) return printJson(io, json);
  print(io, [visible(value.name)]);
  const { state, running, drain } = value;
  const has = `${running.length} of ${value.slots} slots are busy`;
  say(io, drain === null ? `${state}: ${has}` : `${state} ${holdWords(io, drain)}; ${has}`);
}

const marks: Readonly<Record<AgentState, Mark>> = {
  online: { symbol: '✓', colour: 'green' },
  draining: { symbol: '·', colour: 'yellow' },
  drained: { symbol: '‖', colour: 'yellow' },
  offline: { symbol: '✗', colour: 'red' },
};

const columns: readonly Column[] = [
  { title: 'AGENT', shrinksTo: 12 },
  { title: 'POOLS', shrinksTo: 10 },
  { title: 'STATE', shrinksTo: null },
  { title: 'SEEN', shrinksTo: null },
  { title: 'MACHINE', shrinksTo: 8 },
  { title: 'BUSY', shrinksTo: null },
  { title: 'RUNNING', shrinksTo: 30 },
];

function row(io: CliIo, agent: AgentJson): readonly Cell[] {
  const { name, pools, slots, state, lastSeenAt, capabilities, running } = agent;
  return [
    cell(name),
    cell(pools.join(', ')),
    markedCell(marks[state], state),
    cell(when(io, Date.parse(lastSeenAt))),
    cell(`${capabilities.os} ${capabilities.arch}`),
    cell(`${running.length} of ${slots}`),
    cell(running.map(({ run }) => run).join(' ')),
  ];
}
