import { type Environment, jobEnvironment } from '../../../config/env.ts';
import { aborted } from '../../../lib/aborted.ts';
import { goLookPath } from '../../../lib/go-look-path.ts';
import { withoutInheritance } from '../../../lib/listen/inherited-socket.ts';
import type { Command } from '../../../sources/hooks/command/command.ts';
import type { Behaviour } from '../../../sources/hooks/deviations.ts';
import type { Hook } from '../../../sources/hooks/hook.ts';
import type { Accepted, Ended, ServeNeeds } from '../../../sources/hooks/serve-hooks.ts';
import type { CliIo } from '../../io.ts';
import { personaConfig } from '../persona.ts';
import type { WebhookLog } from './log.ts';
import type { WebhookOptions } from './options.ts';

/** What keeps and runs what hooks decide. Disposing it waits for what runs. */
export interface WebhookHouse extends AsyncDisposable {
  readonly accept: ServeNeeds['accept'];
  /** Null when there is no admin door. */
  readonly adminUrl: string | null;
  readonly dataDir: string;
}

export interface WebhookHouseNeeds {
  readonly io: Pick<CliIo, 'env' | 'cwd' | 'life' | 'stderr'>;
  readonly log: WebhookLog;
  readonly hooks: () => readonly Hook[];
  /** Where the hooks are served. */
  readonly url: string;
}

/** Opens the house behind the other program's face. */
export async function openWebhookHouse(
  { io, log, hooks, url }: WebhookHouseNeeds,
  options: WebhookOptions,
): Promise<WebhookHouse> {
  const { openHouse } = await import('../../house.ts');
  const { adminPort, data, runs } = options;
  const port = options.place.kind === 'address' ? options.place.port : 0;
  const read = await personaConfig(io, 'webhook', {
    host: undefined,
    port,
    adminPort,
    data,
    readyFile: undefined,
  });
  const config = { ...read, limits: { ...read.limits, runs: runs ?? read.limits.runs } };
  const drain = new AbortController();
  const over = new AbortController();
  const env = commandEnvironment(io.env, options.behaviour);
  const app = await openHouse({
    config,
    readConfig: async () => config,
    cwd: io.cwd,
    jobEnvironment: env,
    // The original's log is what people read; of the house they only hear what goes wrong.
    writeLog: lines => {
      if (options.debug) io.stderr.write(lines);
      else for (const line of lines.split('\n')) if (isTrouble(line)) io.stderr.write(`${line}\n`);
    },
    life: { drain: drain.signal, abandon: io.life.abandon },
    env: io.env,
    hasAdminDoor: adminPort !== 'none',
    hooks: { url, inForce: hooks },
  });
  const place = { cwd: io.cwd, path: env['PATH'] ?? '' };
  return {
    adminUrl: app.adminUrl,
    dataDir: config.dataDir,
    accept: async (asked, decision, aim) => {
      const accepted = await app.acceptHook(asked, decision, aim);
      return decision.result === 'run' && options.verbose
        ? told(accepted, {
            hook: asked.hook,
            first: executing(place, decision.command),
            log: line => log.line(`[${asked.name}] ${line}`),
            closing: drain.signal,
            closed: over.signal,
          })
        : accepted;
    },
    [Symbol.asyncDispose]: async () => {
      drain.abort();
      await app.closed;
      over.abort();
    },
  };
}

const isTrouble = (line: string): boolean => line.startsWith('{"level":"error"');

/**
 * What commands see: everything, as the original's users rely on, but for what was meant for this process alone and what
 * the shell that started it noted about itself; or, with the deviation that says so, an allowed part.
 */
function commandEnvironment(env: Environment, behaviour: Behaviour): Readonly<Record<string, string>> {
  if (behaviour.has('ownEnvironment')) return jobEnvironment(env);
  const { SIGNALBOX_TOKEN: _token, _: _last, SHLVL: _level, ...rest } = withoutInheritance(env);
  return Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Follows a run to its end for the log, whether its sender waits for that or not. */
function told(
  accepted: Accepted,
  follow: {
    readonly hook: string;
    readonly first: string;
    readonly log: (line: string) => void;
    readonly closing: AbortSignal;
    readonly closed: AbortSignal;
  },
): Accepted {
  if (accepted.result !== 'kept' || accepted.run === null) return accepted;
  const { run } = accepted;
  const { hook, first, log, closing, closed } = follow;
  log(first);
  const over = run.ended(closed).then(end => {
    for (const line of end === undefined || closed.aborted ? [] : lastLines(hook, end)) log(line);
    return end;
  });
  over.catch((error: unknown) => {
    // What still waits for its turn runs after the next start: there is nothing to tell of it here.
    if (!closing.aborted) log(`error: ${error instanceof Error ? error.message : String(error)}`);
  });
  return { ...accepted, run: { ...run, ended: signal => Promise.race([over, aborted(signal)]) } };
}

function lastLines(hook: string, { output, outcome, reason }: Ended): readonly string[] {
  return [
    `command output: ${Buffer.from(output).toString().trimEnd()}`,
    ...(outcome === 'success' ? [] : [`error occurred: ${reason ?? 'the command has failed'}`]),
    `finished handling ${hook}`,
  ];
}

function executing(
  place: Parameters<typeof goLookPath>[0],
  { name, arguments: args, environment, workingDirectory }: Command,
): string {
  const found = goLookPath(place, name, workingDirectory);
  const path = found.result === 'found' ? found.path : name;
  const argv = [name, ...args].map(each => JSON.stringify(each)).join(' ');
  const env = environment.map(entry => entry.join('=')).join(' ');
  return `executing ${path} (${name}) with arguments [${argv}] and environment [${env}] using ${workingDirectory} as cwd`;
}
