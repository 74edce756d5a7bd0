import type { Command } from 'commander';
import type { CliIo } from '../../io.ts';
import { register as admin } from './admin.ts';
import { register as hooks } from './hooks.ts';
import { register as listener } from './listener.ts';

export function register(as: Command, io: CliIo): void {
  const lightspeed = as
    .command('lightspeed')
    .description("one of Lightspeed's three processes, over RabbitMQ");
  for (const register of [hooks, admin, listener]) register(lightspeed, io);
}
