import { join } from 'node:path';
import { createJudgements } from './app-hooks/judgements.ts';
import { openHeld } from './app-parts/held.ts';
import { withOwn } from './app-parts/with-own.ts';
import { setUpWorkplace } from './app-parts/workplace.ts';
import { createSystemClock } from './clock/system.ts';
import type { Config } from './config/config.ts';
import type { AgentEnd, Welcome } from './contracts/transport.ts';
import type { Agent } from './domain/agent.ts';
import { SignalboxError } from './domain/errors.ts';
import type { Action } from './domain/rule.ts';
import { hearDrain } from './engine/drain.ts';
import type { Journal } from './engine/journal.ts';
import { presence } from './engine/presence.ts';
import { beatsPerLease, work } from './engine/work.ts';
import { createLauncher } from './lib/launcher/launcher.ts';
import { createRedactor, createTextRedactor } from './lib/redactor.ts';
import { unlessAborted } from './lib/unless-aborted.ts';
import { createMatchers } from './matchers/matchers.ts';
import { createLogJournal } from './server/journal.ts';
import { claimDataDirectory } from './store/data-directory.ts';
import { openSpool, type Spool } from './transport/rabbitmq/spool.ts';
import { openRabbitmqAgent } from './transport/rabbitmq/transport.ts';

/** All that an agent is built from, beside what it finds in its data directory. */
export interface AgentOptions {
  readonly config: Config;
  /** Where the program was started. Absolute. */
  readonly cwd: string;
  /** What of this machine's environment every job may see. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
  /** Takes the log: JSON lines, one or several at a time. */
  readonly writeLog: (lines: string) => void;
  readonly version: string;
  /** What to do in place of what the plan of a granted run says; undefined: that very thing. */
  readonly ownAction: (() => Action) | undefined;
  /** `drain`: take nothing new, and go when what runs has ended. `abandon`: end what runs as well. */
  readonly life: { readonly drain: AbortSignal; readonly abandon: AbortSignal };
  /** Hears when it is connected, and takes runs. */
  readonly ready: (agent: Agent) => Promise<void>;
}

/** So much news is kept while nobody hears it; then jobs that print stand still. */
const spoolBytes = 256 * 1024 * 1024;
/** At the end the last news may take this long; what is not told by then is told at the next start. */
const lastNewsMs = 10_000;
/** A control plane that does not answer is asked again after this. */
const beginAgainMs = 1_000;

/** An agent's whole life: resolves when it has drained. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { config, life, version } = options;
  const { dataDir, limits } = config;
  const { agent: own, address } = agentOf(config);
  await using parts = new AsyncDisposableStack();
  const clock = createSystemClock();
  parts.use(await claimDataDirectory(dataDir));
  // Early: its shells are started while the process is small.
  const launcher = parts.use(createLauncher({ directory: join(dataDir, 'launcher'), warm: own.slots }));
  const journal = createLogJournal({
    write: options.writeLog,
    redactText: createTextRedactor(Object.values(config.secrets)),
    clock,
  });
  const trouble = (error: unknown) => journal.note({ kind: 'trouble', where: 'RabbitMQ', error });
  const end = parts.use(
    await openRabbitmqAgent({ address, connectionName: `signalbox agent ${own.name}`, clock, trouble }),
  );
  const over = new AbortController();
  const spool = parts.use(
    await openSpool(end, {
      directory: join(dataDir, 'spool'),
      agent: own.name,
      mostBytes: spoolBytes,
      trouble,
      over: over.signal,
    }),
  );
  const tokens = new Map<string, string>();
  const workplace = parts.use(
    setUpWorkplace({
      launcher,
      matchers: createMatchers(),
      judgements: createJudgements(),
      config,
      cwd: options.cwd,
      jobEnvironment: options.jobEnvironment,
      secretFiles: () => config.secretFiles,
      tokenFor: url => tokens.get(url) ?? null,
    }),
  );
  const held = parts.use(openHeld(join(dataDir, 'held-attempts')));
  await workplace.tidy(held.left);
  const self: Agent = { ...own, version, capabilities: await workplace.capabilities() };

  parts.defer(() => over.abort());
  const welcome = await begin({ end, spool, clock, journal }, self, life.drain);
  if (welcome === undefined) return;
  held.forget();
  const needs = { clock, journal, ...workplace, maskSecrets: createRedactor };
  using drain = hearDrain(end, own.name, welcome.isDrained);
  const standing = presence({ ...needs, agent: end }, self, drain, { drain: life.drain, over: over.signal });
  const working = work(
    {
      ...needs,
      drain,
      agent: withOwn(
        { end, spool, held, clock },
        { secrets: config.secrets, tokens, action: options.ownAction },
      ),
    },
    {
      name: own.name,
      pools: own.pools,
      slots: own.slots,
      heartbeatMs: Math.floor(welcome.leaseMs / beatsPerLease),
      logLimitBytes: limits.logBytes,
      baseEnv: options.jobEnvironment,
    },
    life,
  );
  try {
    await options.ready(self);
    await working;
    // What was ended without a word is lost now, and not when its lease is over.
    if (life.abandon.aborted) await end.begin(self, 'the agent was told to end at once').catch(trouble);
    await Promise.race([spool.drained(), clock.sleep(lastNewsMs, over.signal).catch(() => undefined)]);
  } finally {
    over.abort();
    await standing;
  }
}

function agentOf({ agent, transport, file }: Config) {
  if (agent === null)
    throw new SignalboxError(
      'invalid',
      `${file ?? 'the configuration'} is no agent's: write  agent: { name: box-1, pools: [linux] }`,
    );
  if (transport.kind === 'embedded')
    throw new SignalboxError(
      'invalid',
      `${file ?? 'the configuration'} does not say where RabbitMQ is: write  transport: "amqp://…"`,
    );
  return { agent, address: transport.address };
}

/** Tells what an earlier life could not, and then that it is over. Undefined when there is no time left for that. */
async function begin(
  { end, spool, clock, journal }: { end: AgentEnd; spool: Spool; clock: AgentClock; journal: Journal },
  self: Agent,
  drain: AbortSignal,
): Promise<Welcome | undefined> {
  await unlessAborted(spool.drained(), drain);
  let noted = '';
  while (!drain.aborted) {
    try {
      // A broker that is away is waited for a long time.
      return await unlessAborted(end.begin(self, 'the agent was ended in mid-run'), drain);
    } catch (error) {
      const told = SignalboxError.from(error);
      // A broker that no control plane has been at yet lacks what one makes.
      if (!told.retryable && told.code !== 'not_found') throw told;
      if (told.message !== noted)
        journal.note({ kind: 'trouble', where: 'waiting for a control plane', error: told });
      noted = told.message;
      await clock.sleep(beginAgainMs, drain).catch(() => undefined);
    }
  }
  return undefined;
}
type AgentClock = ReturnType<typeof createSystemClock>;
