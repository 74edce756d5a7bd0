import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../../config/config.ts';
import { type CliIo, say } from '../../io.ts';
import { type PersonaOptions, servePersona, withPersonaOptions, writtenConfig } from '../persona.ts';
import { portIn, rabbitAddress, tokenIn, usualAdminServerPort } from './addresses.ts';

export function register(lightspeed: Command, io: CliIo): void {
  withPersonaOptions(lightspeed.command('admin'), `$ADMIN_PORT, else ${usualAdminServerPort}`)
    .description("Lightspeed's admin server: listeners register with it, and it gives them their runs")
    .addHelpText('after', `${variables}\nExample: RABBIT_HOST=rabbit signalbox as lightspeed admin`)
    .action((options: PersonaOptions) => admin(io, options));
}

const variables = `
From the environment, as Lightspeed takes them:
  RABBIT_HOST       where RabbitMQ is (default: localhost); also with a port and
                    a login: user:password@rabbit:5672
  ADMIN_PORT        port of the door (default: 8080)
and of our own:
  SIGNALBOX_TOKEN   what hooks and listeners show (default: the one that is in
                    admin-token in the data directory opens every door anyway)
`;

async function admin(io: CliIo, options: PersonaOptions): Promise<void> {
  const { env } = io;
  const token = tokenIn(env);
  const base = await writtenConfig(
    io,
    'lightspeed-admin',
    { ...options, port: options.port ?? portIn(env, 'ADMIN_PORT') ?? usualAdminServerPort },
    { transport: '${env:RABBIT}' },
    { RABBIT: rabbitAddress(env['RABBIT_HOST'] || 'localhost') },
  );
  const config: Config = {
    ...base,
    lightspeed: { listeners: [], hasAdmin: true, secrets: [], role: { kind: 'admin', token } },
  };
  const { jobEnvironment } = await import('../../../config/env.ts');
  const house = { config, jobEnvironment: jobEnvironment(env), takesRuns: false };
  await servePersona(io, options, house, app => {
    say(
      io,
      token === null
        ? `signalbox: hooks and listeners elsewhere need SIGNALBOX_TOKEN: the token in ${join(config.dataDir, 'admin-token')}`
        : 'signalbox: hooks and listeners show the token in SIGNALBOX_TOKEN',
    );
    say(io, `signalbox: runs, logs and API: ${app.adminUrl ?? 'none'}, kept in ${config.dataDir}`);
    say(io, `signalbox: hooks and listeners call ${app.publicUrl}`);
  });
}
