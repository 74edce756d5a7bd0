import type { Command } from 'commander';
import { SignalboxError } from '../domain/errors.ts';
import { type CliIo, print, printJson, say } from './io.ts';
import { pack } from './send/parcel.ts';
import { post } from './send/post.ts';
import { readSample, sampleNames } from './send/sample.ts';
import { findServer } from './server-address.ts';
import { pairs } from './show/block.ts';
import { cell, printTable } from './table.ts';

export function register(program: Command, io: CliIo): void {
  program
    .command('send')
    .argument('[what]', 'a sample, or a file: a payload, or what "events show --json" prints')
    .description('send a sample or a recorded event, as the forge would')
    .option('--list', 'list the samples')
    .option('--to <url>', "where to (default: the running server's public door)")
    .option('--secret <secret>', 'sign with this secret (default: GITHUB_WEBHOOK_SECRET)')
    .option('--repo-url <url>', 'clone URL to put into the payload')
    .option('--sha <commit>', 'commit to put into the payload')
    .option('--branch <name>', 'branch to put into the payload; of a pull request the one it wants to change')
    .option('--set <path=value>', 'any other value to put into the payload; may be repeated', collect, [])
    .option('--event <name>', "what the file is, in GitHub's words, when it is a payload alone")
    .option('--delivery <id>', 'id of the delivery (default: a new one each time)')
    .option('--data <directory>', 'data directory of the running server')
    .option('--json', "print the server's answer as it is")
    .addHelpText('after', examples)
    .action((what: string | undefined, options: SendOptions) => send(io, what, options));
}

interface SendOptions {
  readonly list: boolean | undefined;
  readonly to: string | undefined;
  readonly secret: string | undefined;
  readonly repoUrl: string | undefined;
  readonly sha: string | undefined;
  readonly branch: string | undefined;
  readonly set: readonly string[];
  readonly event: string | undefined;
  readonly delivery: string | undefined;
  readonly data: string | undefined;
  readonly json: boolean | undefined;
}

const examples = `
Examples:
  signalbox send --list
  signalbox send github.push --branch release/2 --set repository.full_name=acme/gadgets
  signalbox send payload.json --event push --to https://ci.example.org/github`;

async function send(io: CliIo, what: string | undefined, options: SendOptions): Promise<void> {
  if (options.list) return list(io, options);
  if (what === undefined)
    throw new SignalboxError('invalid', 'say what to send: "signalbox send --list" shows the samples');
  const secret = options.secret ?? io.env['GITHUB_WEBHOOK_SECRET'];
  const { event, delivery } = options;
  const parcel = await pack(io.cwd, what, {
    edits: options,
    event,
    delivery,
    secret: secret === '' ? undefined : secret,
  });
  const { json, receipt } = await post(io, await destination(io, options, parcel.path), parcel);
  if (options.json) return printJson(io, json);
  print(io, pairs(io, [['event', receipt.event], ...receipt.runs.map(run => ['run', run] as const)]));
  if (receipt.duplicate === true) say(io, 'this delivery had come before: nothing new was started');
  say(io, `why: signalbox events explain ${receipt.event}`);
}

/** An address without a path means the door of what is sent. */
async function destination(io: CliIo, options: SendOptions, path: string): Promise<string> {
  const door = options.to ?? (await publicDoor(io, options.data));
  if (!URL.canParse(door) || !/^https?:/.test(door))
    throw new SignalboxError('invalid', `--to ${door} is no http(s) address`);
  const url = new URL(door);
  if (url.pathname !== '/') return door;
  // Set part by part: a path from a file must not be able to name another host.
  const [pathname = '', query = ''] = path.split('?', 2);
  url.pathname = pathname;
  url.search = query;
  return url.href;
}

async function publicDoor(io: CliIo, data: string | undefined): Promise<string> {
  const server = await findServer(io, { url: undefined, token: undefined, data });
  if (server.public !== null) return server.public;
  if (io.env['SIGNALBOX_URL'])
    throw new SignalboxError(
      'invalid',
      'the public door of a server elsewhere is not known here: name it with --to',
    );
  return defaultPublic;
}

const defaultPublic = 'http://127.0.0.1:8080';

async function list(io: CliIo, { json }: SendOptions): Promise<void> {
  const names = await sampleNames();
  const samples = await Promise.all(
    names.map(async name => ({ name, about: (await readSample(name)).about })),
  );
  if (json) return printJson(io, samples);
  const columns = [
    { title: 'SAMPLE', shrinksTo: null },
    { title: 'WHAT IT IS', shrinksTo: 20 },
  ];
  printTable(
    io,
    columns,
    samples.map(({ name, about }) => [cell(name), cell(about)]),
    'no samples',
  );
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
