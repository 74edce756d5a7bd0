import type { Command } from 'commander';
import { z } from 'zod';
import { type AgentState, agentStates } from '../domain/agent.ts';
import { paged } from '../server/json/paged.ts';
import { type CliIo, printJson } from './io.ts';
import { connect, type Options, withServer } from './server-options.ts';
import type { Mark } from './style.ts';
import { type Cell, type Column, cell, markedCell, printTable } from './table.ts';
import { when } from './when.ts';

export function register(program: Command, io: CliIo): void {
  const agents = program.command('agents').description('who takes runs');

  withServer(agents.command('ls').description('list agents, and what each runs now'))
    .addHelpText('after', '\nExample: signalbox agents ls')
    .action((options: Options) => ls(io, options));
}

interface Agent {
  readonly name: string;
  readonly pools: readonly string[];
  readonly slots: number;
  readonly state: AgentState;
  readonly lastSeenAt: string;
  readonly capabilities: { readonly os: string; readonly arch: string };
  readonly running: readonly { readonly run: string }[];
}

const agent: z.ZodType<Agent> = z.object({
  name: z.string(),
  pools: z.array(z.string()),
  slots: z.int(),
  state: z.enum(agentStates),
  lastSeenAt: z.iso.datetime(),
  capabilities: z.object({ os: z.string(), arch: z.string() }),
  running: z.array(z.object({ run: z.string() })),
});

async function ls(io: CliIo, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.get('/api/agents', paged(agent));
  if (options.json) return printJson(io, json);
  printTable(
    io,
    columns,
    value.items.map(each => row(io, each)),
    'no agents',
  );
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

function row(io: CliIo, agent: Agent): readonly Cell[] {
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
