import type { Command } from 'commander';
import { z } from 'zod';
import { paged } from '../server/json/paged.ts';
import { type CliIo, print, printJson, say } from './io.ts';
import { connect, type Options, withServer } from './server-options.ts';
import { type Cell, type Column, cell, printTable } from './table.ts';
import { visible } from './text.ts';
import { when } from './when.ts';

export function register(program: Command, io: CliIo): void {
  const token = program.command('token').description('who may use the admin API');

  withServer(
    token
      .command('new')
      .argument('<name>', 'who will use it')
      .description('make a token; it is printed now and never again'),
  )
    .addHelpText('after', '\nExample: SIGNALBOX_TOKEN=$(signalbox token new laptop)')
    .action((name: string, options: Options) => make(io, name, options));

  withServer(
    token.command('link').description('make a link that signs a browser in once, within five minutes'),
  )
    .addHelpText('after', '\nExample: signalbox token link')
    .action((options: Options) => link(io, options));

  withServer(token.command('ls').description('list tokens; their values are not stored'))
    .addHelpText('after', '\nExample: signalbox token ls')
    .action((options: Options) => ls(io, options));

  withServer(
    token
      .command('revoke')
      .argument('<name>', 'name of the token')
      .description('end a token and the sessions that began with it'),
  )
    .addHelpText('after', '\nExample: signalbox token revoke laptop')
    .action((name: string, options: Options) => revoke(io, name, options));
}

const signInLink = z.object({ url: z.url(), expiresAt: z.iso.datetime() });

async function link(io: CliIo, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.post('/api/sign-in-links', signInLink, {});
  if (options.json) return printJson(io, json);
  print(io, [visible(value.url)]);
}

const made = z.object({ name: z.string(), token: z.string() });

interface Token {
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

const known: z.ZodType<Token> = z.object({
  name: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});

async function make(io: CliIo, name: string, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.post('/api/tokens', made, { name });
  if (options.json) return printJson(io, json);
  print(io, [visible(value.token)]);
  say(io, `token ${value.name}: keep it now, it is not stored and not shown again`);
}

async function ls(io: CliIo, options: Options): Promise<void> {
  const api = await connect(io, options);
  const { json, value } = await api.get('/api/tokens', paged(known));
  if (options.json) return printJson(io, json);
  printTable(
    io,
    columns,
    value.items.map(token => row(io, token)),
    'no tokens but the one in the data directory',
  );
}

async function revoke(io: CliIo, name: string, options: Options): Promise<void> {
  const api = await connect(io, options);
  await api.delete(`/api/tokens/${encodeURIComponent(name)}`);
  if (options.json) return printJson(io, null);
  say(io, `token ${name} is revoked`);
}

const columns: readonly Column[] = [
  { title: 'TOKEN', shrinksTo: 12 },
  { title: 'MADE', shrinksTo: null },
  { title: 'LAST USED', shrinksTo: null },
];

function row(io: CliIo, { name, createdAt, lastUsedAt }: Token): readonly Cell[] {
  return [
    cell(name),
    cell(when(io, Date.parse(createdAt))),
    cell(lastUsedAt === null ? 'never' : when(io, Date.parse(lastUsedAt))),
  ];
}
