import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Agent } from '../../../domain/agent.ts';
import { SignalboxError } from '../../../domain/errors.ts';
import { watchFiles } from '../../../lib/watch-files.ts';
import { announce } from '../../../server/announce.ts';
import { type CliIo, say } from '../../io.ts';
import { readPort } from '../../serve.ts';
import { version } from '../../version.ts';
import { readAdminPort, writtenConfig } from '../persona.ts';
import { adminServerAddress, hostAlone, portIn, rabbitAddress, tokenPlace } from './addresses.ts';
import { type HealthDoor, openHealthDoor } from './health-door.ts';
import { keepRegistered, type Registration } from './keep-registered.ts';
import { type OwnListener, readOwnListener } from './own-listener.ts';

interface ListenerOptions {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly rabbitHost: string | undefined;
  readonly adminPort: number | 'none' | undefined;
  readonly data: string | undefined;
  readonly readyFile: string | undefined;
}

export function register(lightspeed: Command, io: CliIo): void {
  lightspeed
    .command('listener')
    .argument('<file>', "the listener's JSON, with comments or without")
    .description("Lightspeed's listener: registers with the admin server, and runs what answers to its name")
    .option('--host <host>', 'host of the admin server (default: $HOST, else server)')
    .option('--port <port>', 'its port (default: $PORT, else 8080)', readPort)
    .option('--rabbit-host <host>', 'where RabbitMQ is (default: $RABBIT_HOST, else --host)')
    .option(
      '--admin-port <port>',
      'port for /healthz on 127.0.0.1; 0: the system chooses (default: none)',
      readAdminPort,
    )
    .option('--data <directory>', 'where it keeps what waits (default: the usual place for state)')
    .option(
      '--ready-file <file>',
      'written when it is registered: {"pid", "public", "admin", "agent", "pools"}',
    )
    .addHelpText(
      'after',
      `${variables}\nExample: signalbox as lightspeed listener --host rabbit my-config.json`,
    )
    .action((file: string, options: ListenerOptions) => listener(io, file, options));
}

const variables = `
From the environment, as Lightspeed takes them:
  HOST, PORT        the admin server
  RABBIT_HOST       where RabbitMQ is; also with a port and a login:
                    user:password@rabbit:5672
and of our own:
  SIGNALBOX_TOKEN   what the admin server asks for (default: what an admin
                    server of this machine and user has in its data)
`;

/** After a save it has to be quiet for so long; and where a file system gives no sign, it is looked at this often. */
const watching = { quietMs: 200, lookMs: 5_000 };

async function listener(io: CliIo, written: string, options: ListenerOptions): Promise<void> {
  const file = resolve(io.cwd, written);
  const { env } = io;
  let own = readOwnListener(file, io);
  tellUnknown(io, file, own);
  const host = options.host ?? (env['HOST'] || 'server');
  const admin = adminServerAddress(host, options.port ?? portIn(env, 'PORT'));
  const rabbit = rabbitAddress(options.rabbitHost ?? (env['RABBIT_HOST'] || hostAlone(host)));
  // Every other command starts sooner without it.
  const { runAgent } = await import('../../../app-agent.ts');
  const { poolOf } = await import('../../../config/lightspeed/pool.ts');
  const name = poolOf(own.name);
  const config = await writtenConfig(
    io,
    name,
    { ...options, host: undefined, port: 0, adminPort: 'none' },
    { transport: '${env:RABBIT}', agent: { name, pools: [name], slots: 1 } },
    { RABBIT: rabbit },
  );
  await using parts = new AsyncDisposableStack();
  let problem: string | null = 'it has not been asked yet';
  let isRegistered = false;
  let registration: Registration | undefined;
  const door = await openDoor(options, () => problem === null);
  if (door !== null) parts.use(door);
  parts.use(
    watchFiles([file], {
      ...watching,
      changed: () => {
        own = changed(io, file, own);
        registration?.again();
      },
      failed: error => say(io, `signalbox: ${file} cannot be watched: ${String(error)}`),
    }),
  );
  const over = new AbortController();
  /** From the first connection on: only one process of a name has that. */
  const begin = (agent: Agent): Registration =>
    keepRegistered(
      {
        ...tokenPlace(env, admin),
        admin,
        listener: () => own,
        tried: now => {
          if (now !== null && now !== problem) say(io, `signalbox: ${now}; it is asked again`);
          if (now === null && problem !== null && isRegistered)
            say(io, `signalbox: the listener ${own.name} is registered at ${admin} again`);
          problem = now;
          if (now !== null || isRegistered) return;
          isRegistered = true;
          void tellReady(io, options.readyFile, { door, agent, admin, own });
        },
      },
      AbortSignal.any([io.life.drain, over.signal]),
    );
  try {
    await runAgent({
      config,
      cwd: io.cwd,
      jobEnvironment: ownEnvironment(env),
      writeLog: lines => io.stderr.write(lines),
      version,
      life: io.life,
      ownAction: () => own.action,
      ready: async agent => {
        registration = begin(agent);
      },
    });
  } finally {
    over.abort();
    await registration?.ended;
  }
}

/** The listener as its file says now; while that is broken, as it said before. */
function changed(io: CliIo, file: string, before: OwnListener): OwnListener {
  try {
    const now = readOwnListener(file, io);
    tellUnknown(io, file, now);
    if (now.name === before.name) return now;
    say(io, `signalbox: ${file} has another name now: start the listener ${now.name} anew`);
  } catch (error) {
    say(io, `signalbox: ${SignalboxError.from(error).message}; what it said before counts`);
  }
  return before;
}

async function tellReady(
  io: CliIo,
  readyFile: string | undefined,
  {
    door,
    agent,
    admin,
    own,
  }: {
    readonly door: HealthDoor | null;
    readonly agent: Agent;
    readonly admin: string;
    readonly own: OwnListener;
  },
): Promise<void> {
  say(io, `signalbox ${version}: the listener ${own.name} is registered at ${admin}, and takes its runs`);
  if (readyFile === undefined) return;
  const whereabouts = {
    pid: process.pid,
    public: null,
    admin: door?.url ?? null,
    agent: agent.name,
    pools: agent.pools,
  };
  await announce(resolve(io.cwd, readyFile), whereabouts).catch((error: unknown) =>
    say(io, `signalbox: ${SignalboxError.from(error).message}`),
  );
}

function tellUnknown(io: CliIo, file: string, { unknown }: OwnListener): void {
  for (const key of unknown) say(io, `signalbox: ${file}: ${key}: this key is not known, and left out`);
}

const openDoor = async ({ adminPort }: ListenerOptions, isWell: () => boolean): Promise<HealthDoor | null> =>
  adminPort === undefined || adminPort === 'none' ? null : openHealthDoor(adminPort, isWell);

/** Lightspeed's scripts rely on all that the listener has: it is handed on, but for what opens our own doors. */
function ownEnvironment(env: CliIo['env']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => {
      const isOurs = name === 'SIGNALBOX_TOKEN' || (name === 'RABBIT_HOST' && value?.includes('@'));
      return value === undefined || isOurs ? [] : [[name, value]];
    }),
  );
}
