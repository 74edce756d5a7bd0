import { type RefusalJson, refusalSchema } from '../server/json/delivery.ts';
import { paged } from '../server/json/paged.ts';
import { type CliIo, printJson } from './io.ts';
import { connect, type Options, type PageOptions } from './server-options.ts';
import { type Cell, type Column, cell, printTable } from './table.ts';
import { when } from './when.ts';

/** Lists what was turned away at the public door, with the reason that the sender was not told. */
export async function listRefusals(io: CliIo, options: Options & PageOptions): Promise<void> {
  const api = await connect(io, options);
  const { limit, after } = options;
  const { json, value } = await api.get('/api/refusals', paged(refusalSchema), { limit, after });
  if (options.json) return printJson(io, json);
  printTable(
    io,
    columns,
    value.items.map(refusal => row(io, refusal)),
    'nothing was refused',
  );
}

const columns: readonly Column[] = [
  { title: 'WHEN', shrinksTo: null },
  { title: 'SOURCE', shrinksTo: 8 },
  { title: 'FROM', shrinksTo: 12 },
  { title: 'ANSWER', shrinksTo: null },
  { title: 'WHY', shrinksTo: 40 },
];

function row(io: CliIo, { receivedAt, source, peer, status, reason }: RefusalJson): readonly Cell[] {
  return [
    cell(when(io, Date.parse(receivedAt))),
    cell(source),
    cell(peer),
    cell(String(status)),
    cell(reason),
  ];
}
