import type { Command } from 'commander';
import type { CliIo } from './io.ts';
import { register as cib } from './personas/cib/command.ts';
import { register as gort } from './personas/gort.ts';

/** The programs whose place this one can take. */
export function register(program: Command, io: CliIo): void {
  const as = program.command('as').description("take another program's place, with its paths and answers");
  for (const register of [gort, cib]) register(as, io);
}
