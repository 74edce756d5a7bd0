import type { Command } from 'commander';
import type { CliIo } from './io.ts';

/** Longer lines are hard to read. */
const widestHelp = 100;

/** Makes the help of a command, and of all that are added to it, short and calm. */
export function withHelp(command: Command, io: Pick<CliIo, 'columns' | 'colour'>): Command {
  return command.helpOption('-h, --help', 'show this help').configureHelp({
    helpWidth: Math.min(io.columns, widestHelp),
    // Defaults stand in the descriptions, in words.
    optionDescription: option => option.description,
    subcommandTerm: subcommand =>
      [subcommand.name(), ...subcommand.registeredArguments.map(written)].join(' '),
  });
}

const written = (argument: { name(): string; readonly required: boolean }): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
