import { type Command, InvalidArgumentError } from 'commander';
import { type Api, createApi } from './client.ts';
import type { CliIo } from './io.ts';
import { findServer, type ServerOptions } from './server-address.ts';

export interface Options extends ServerOptions {
  readonly json: boolean | undefined;
}

/** Gives a command `--json` and, below its own options, those by which it finds its server. */
export function withServer(command: Command): Command {
  return command
    .option('--json', "print the API's answer as it is")
    .optionsGroup('Which server:')
    .option('--url <address>', "the server's admin address (default: SIGNALBOX_URL, else the one on --data)")
    .option('--token <token>', 'what proves who you are (default: SIGNALBOX_TOKEN, else the one in --data)')
    .option(
      '--data <directory>',
      'data directory of a server here (default: as signalbox.yaml says, else ./data)',
    );
}

export interface PageOptions {
  readonly limit: number;
  readonly after: string | undefined;
}

/** Gives a list its options for going through it. */
export function withPages(command: Command): Command {
  return command
    .option('--limit <number>', 'how many at most (default: 20)', readLimit, 20)
    .option('--after <cursor>', 'go on after the page before');
}

/** For an option that takes one of a few words. */
export function readWord<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return text => {
    const found = words.find(word => word === text);
    if (found === undefined) throw new InvalidArgumentError(`Say one of ${words.join(', ')}.`);
    return found;
  };
}

export async function connect(io: CliIo, options: ServerOptions): Promise<Api> {
  return createApi(io, await findServer(io, options));
}

/** The most that the API gives at once. */
const mostItems = 200;

function readLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > mostItems)
    throw new InvalidArgumentError(`Say a number from 1 to ${mostItems}.`);
  return limit;
}
