import type { Command } from 'commander';
import type { CliIo } from './io.ts';
import { register as cib } from './personas/cib/command.ts';
import { register as gort } from './personas/gort.ts';
import { register as lightspeed } from './personas/lightspeed/command.ts';
import { register as tack } from './personas/tack.ts';
import { register as webhook } from './personas/webhook/command.ts';

/** The programs whose place this one can take. */
export function register(program: Command, io: CliIo): void {
  const as = program.command('as').description("take another program's place, with its paths and answers");
  for (const register of [webhook, gort, lightspeed, cib, tack]) register(as, io);
}

/** Puts the words of a program that reads its flags by itself out of our reader's way; how to ask for help is ours. */
export function personaWords(argv: readonly string[]): readonly string[] {
  const [as, persona, ...words] = argv;
  const asksForHelp = words.length === 1 && words[0] === '--help';
  return as === 'as' && persona === 'webhook' && !asksForHelp ? [as, persona, '--', ...words] : argv;
}
