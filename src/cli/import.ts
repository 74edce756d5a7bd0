import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { SignalboxError } from '../domain/errors.ts';
import { systemError } from '../lib/references.ts';
import { type CliIo, print, printJson, say } from './io.ts';
import { visible } from './text.ts';

export function register(program: Command, io: CliIo): void {
  const family = program.command('import').description('take over what another program was configured with');
  family
    .command('lightspeed')
    .argument('<file>', "a listener's configuration: JSON, with comments or without")
    .description('print a listener of Lightspeed as a signalbox.yaml, and say what is different')
    .option('--json', 'print the configuration and the differences as JSON')
    .addHelpText('after', '\nExample: signalbox import lightspeed my-config.json > imported.yaml')
    .action((file: string, { json }: { readonly json?: boolean }) => importListener(io, file, json ?? false));
}

async function importListener(io: CliIo, file: string, isJson: boolean): Promise<void> {
  const path = resolve(io.cwd, file);
  const { readListener } = await import('../config/lightspeed/listener.ts');
  const { listenerConfig } = await import('../config/lightspeed/listener-config.ts');
  const { stringify } = await import('yaml');
  const read = readListener(readText(path));
  if (read.result === 'refused')
    throw new SignalboxError('invalid', visible(`${path}:${read.line}:${read.column} ${read.message}`));
  const { config, differences } = listenerConfig(read.listener, { env: io.env, directory: dirname(path) });
  if (isJson) return printJson(io, { config, differences });
  print(io, [stringify(config, { lineWidth: 0 }).trimEnd()]);
  for (const difference of differences) say(io, `note: ${visible(difference)}`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = systemError(error);
    const code = why === 'it does not exist' ? 'not_found' : 'invalid';
    throw new SignalboxError(code, visible(`${path} cannot be read: ${why}`));
  }
}
