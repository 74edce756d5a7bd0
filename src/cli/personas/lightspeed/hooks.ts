import type { Command } from 'commander';
import type { Config } from '../../../config/config.ts';
import { type CliIo, say } from '../../io.ts';
import { type PersonaOptions, personaConfig, servePersona, withPersonaOptions } from '../persona.ts';
import { adminServerAddress, portIn, tokenPlace } from './addresses.ts';

export function register(lightspeed: Command, io: CliIo): void {
  withPersonaOptions(lightspeed.command('hooks'), String(usualPort))
    .description("Lightspeed's hook server: takes GitHub's pushes, and hands them on to the admin server")
    .addHelpText('after', `${variables}\nExample: signalbox as lightspeed hooks`)
    .action((options: PersonaOptions) => hooks(io, options));
}

const usualPort = 8000;

const variables = `
From the environment, as Lightspeed takes them:
  ADMIN_DOMAIN            host of the admin server (default: 127.0.0.1)
  ADMIN_PORT              its port (default: 8080)
and of our own:
  SIGNALBOX_TOKEN         what the admin server asks for (default: what an admin
                          server of this machine and user has in its data)
  GITHUB_WEBHOOK_SECRET   secret of the webhook at GitHub (default: everybody
                          who reaches the port is believed)
`;

async function hooks(io: CliIo, options: PersonaOptions): Promise<void> {
  const { env } = io;
  const admin = adminServerAddress(env['ADMIN_DOMAIN'] || '127.0.0.1', portIn(env, 'ADMIN_PORT'));
  const secret = env['GITHUB_WEBHOOK_SECRET'] || null;
  const shown = tokenPlace(env, admin);
  const base = await personaConfig(io, 'lightspeed-hooks', { ...options, port: options.port ?? usualPort });
  const config: Config = {
    ...base,
    lightspeed: {
      listeners: [],
      hasAdmin: false,
      secrets: secret === null ? [] : [secret],
      role: { kind: 'hooks', admin, ...shown },
    },
  };
  const { jobEnvironment } = await import('../../../config/env.ts');
  const house = { config, jobEnvironment: jobEnvironment(env), takesRuns: false };
  await servePersona(io, options, house, app => {
    say(
      io,
      secret === null
        ? 'signalbox: WARNING: everybody who reaches this port may start listeners: set GITHUB_WEBHOOK_SECRET, here and as the secret of the webhook'
        : 'signalbox: takes what is signed with the secret in GITHUB_WEBHOOK_SECRET',
    );
    // A file may come later, when the admin server starts.
    if (shown.token === null && shown.tokenFile === null)
      say(
        io,
        `signalbox: WARNING: SIGNALBOX_TOKEN is not set: what comes waits here, as ${admin} takes nothing without it`,
      );
    if (env['TRIGGER_ON_DELETE'])
      say(io, 'signalbox: TRIGGER_ON_DELETE is not taken: what is deleted has no commit, and starts nothing');
    say(
      io,
      `signalbox: hands on to ${admin}, keeps what waits in ${config.dataDir}, admin ${app.adminUrl ?? 'none'}`,
    );
    say(io, `signalbox: GitHub calls ${app.publicUrl}/receive_hook`);
  });
}
