import type { Command } from 'commander';
import { z } from 'zod';
import { paged } from '../server/json/paged.ts';
import { type CliIo, printJson } from './io.ts';
import { connect, type Options, withServer } from './server-options.ts';
import { type Cell, type Column, cell, printTable } from './table.ts';

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
  readonly running: readonly { readonly run: string }[];
}

const agent: z.ZodType<Agent> = z.object({
  name: z.string(),
  pools: z.array(z.string()),
  slots: z.int(),
  running: z.array(z.object({ run: z.string() })),
});

async function ls(io: CliIo, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.get('/api/agents', paged(agent));
  if (options.json) return printJson(io, json);
  printTable(io, columns, value.items.map(row), 'no agents');
}

const columns: readonly Column[] = [
  { title: 'AGENT', shrinksTo: 12 },
  { title: 'POOLS', shrinksTo: 10 },
  { title: 'BUSY', shrinksTo: null },
  { title: 'RUNNING', shrinksTo: 30 },
];

function row({ name, pools, slots, running }: Agent): readonly Cell[] {
  return [
    cell(name),
    cell(pools.join(', ')),
    cell(`${running.length} of ${slots}`),
    cell(running.map(({ run }) => run).join(' ')),
  ];
}
