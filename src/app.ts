import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { faults } from './app-faults.ts';
import { acceptHooks } from './app-hooks/accept.ts';
import { hookDoor } from './app-hooks/hook-door.ts';
import { createJudgements } from './app-hooks/judgements.ts';
import { withHookRules } from './app-hooks/with-hook-rules.ts';
import { heardLauncher, heardRecorder } from './app-onlooker.ts';
import type { App, AppOptions } from './app-options.ts';
import { adminServer, handingStreams } from './app-parts/admin-server.ts';
import { agentMemoryIn } from './app-parts/agent-memory.ts';
import { hearDrains } from './app-parts/drains.ts';
import { openOffice } from './app-parts/providers.ts';
import { openRegistry } from './app-parts/registry.ts';
import { openStore } from './app-parts/store.ts';
import { localName, openTransport, providersName } from './app-parts/transport.ts';
import { openVault } from './app-parts/vault.ts';
import { createWatchers } from './app-parts/watchers.ts';
import { setUpWorkplace } from './app-parts/workplace.ts';
import { createSystemClock } from './clock/system.ts';
import type { Config } from './config/config.ts';
import { parseRules } from './config/draft-rules.ts';
import { ruleText } from './config/rule-text.ts';
import type { Store } from './contracts/store.ts';
import type { Agent } from './domain/agent.ts';
import { SignalboxError } from './domain/errors.ts';
import type { Json } from './domain/json.ts';
import { hearAgents, rememberAgents } from './engine/agents.ts';
import { announcePipelines } from './engine/announce-pipelines.ts';
import { dispatch } from './engine/dispatch.ts';
import { createEnds } from './engine/ends.ts';
import { handOnDeliveries } from './engine/hand-on.ts';
import type { Journal } from './engine/journal.ts';
import { keepDrained } from './engine/keep-drained.ts';
import { listen } from './engine/listen.ts';
import { logTail } from './engine/log-tail.ts';
import { joinPlanes, keepPlace } from './engine/planes.ts';
import { presence } from './engine/presence.ts';
import { previousOutcome } from './engine/previous-outcome.ts';
import { createQueueGauge } from './engine/queue-gauge.ts';
import { createRecorder } from './engine/record.ts';
import { report, reportsAreOut } from './engine/report.ts';
import { buryAgent, sweepLeases, sweepOld } from './engine/sweep.ts';
import { beatsPerLease, work } from './engine/work.ts';
import { type InForce, inForce } from './in-force/in-force.ts';
import { createLauncher } from './lib/launcher/launcher.ts';
import { createRedactor } from './lib/redactor.ts';
import { createMatchers } from './matchers/matchers.ts';
import { createEars } from './providers/buildkite/ears.ts';
import { announce } from './server/announce.ts';
import { ensureAdminToken } from './server/auth/admin-token.ts';
import { doorLimits } from './server/door-limits.ts';
import { openDoors } from './server/doors.ts';
import { combineJournals, createLogJournal } from './server/journal.ts';
import { createMetrics } from './server/metrics.ts';
import { claimDataDirectory } from './store/data-directory.ts';

/** At the end the last reports may take this long; what is not out by then is told at the next start. */
const lastReportsMs = 5_000;
/** Retention is no hurry: it looks once a minute, and rests between steps so that intake goes first. */
const retention = { everyMs: 60_000, pauseMs: 50 };

/** Builds the house and opens its doors. Resolves when both answer; if that fails, what was built is closed again. */
export async function openApp(options: AppOptions): Promise<App> {
  await using building = new AsyncDisposableStack();
  const { life, version } = options;
  const { dataDir, limits } = options.config;
  const path = options.jobEnvironment['PATH'] ?? '';
  const clock = createSystemClock();
  const over = new AbortController();

  // First: what is in there may be another server's.
  building.use(await claimDataDirectory(dataDir));
  // Early: its shells are started while the process is small.
  const launcher = building.use(
    heardLauncher(
      options.onlooker,
      faults.launcher(createLauncher({ directory: join(dataDir, 'launcher'), warm: limits.runs })),
    ),
  );
  // The journal begins later than the store.
  let hearTrouble: (error: unknown) => void = () => undefined;
  const opened = await openStore(options.config, error => hearTrouble(error));
  const store = building.use(faults.store(opened.store));

  // What is newer has the greater id: lists and reports rely on it, also when the machine's clock was set back.
  const newest = { limit: 1, after: null };
  for (const { event } of (await store.events({ source: null, type: null, repo: null }, newest)).items)
    clock.goOnAfter(event.id);
  for (const run of (await store.runs({ state: null, rule: null, event: null }, newest)).items)
    clock.goOnAfter(run.id);

  const ears = createEars(clock);
  const registry = await openRegistry({ store, clock, reload: () => reload() }, options.config);
  const into = registry?.into ?? ((config: Config) => config);
  const present = inForce(into(options.config), {
    clock,
    hearBuildkite: word => ears.hear(word),
    readConfig: async () => into(await options.readConfig()),
    path,
    references: { env: options.env, directory: options.cwd },
    eventOf: id => store.bareEvent(id),
    previousOutcome: run => previousOutcome({ store }, run),
    tailOf: (run, lines) => logTail({ store }, run, lines),
    memoryOf: reporter => memoryOf(store, reporter),
    keyAgent: options.env['SSH_AUTH_SOCK'] || null,
  });
  const metrics = createMetrics({ store, clock, version, configState: present.state });
  const journal = combineJournals(
    metrics.journal,
    createLogJournal({ write: options.writeLog, redactText: present.redact, clock }),
  );
  const reload = () => reloadNoted(present, journal);
  for (const error of [opened.noticed, registry?.noticed])
    if (error) journal.note({ kind: 'trouble', where: 'what is stored', error });
  hearTrouble = error => journal.note({ kind: 'trouble', where: 'moving logs into the bucket', error });
  const name = localName(options.config, opened.agent);
  const { control, agent, remembersTickets } = building.use(
    faults.transport(await openTransport({ config: options.config, name, store, clock, journal })),
  );
  const memory = agentMemoryIn(store);
  const agents = building.use(hearAgents({ control, clock }, await memory.recall()));
  const queue = createQueueGauge({ store, clock }, limits.queue, opened.plane !== null);
  const ends = createEnds();
  const needs = {
    ends,
    store,
    control,
    agent,
    clock,
    journal,
    queue,
    rules: withHookRules(present.rules, options.hooks?.inForce),
    matchers: createMatchers(),
  };

  const judgements = createJudgements();
  const workplace = building.use(
    setUpWorkplace({
      launcher,
      matchers: needs.matchers,
      judgements,
      config: options.config,
      cwd: options.cwd,
      jobEnvironment: options.jobEnvironment,
      secretFiles: () => present.config().secretFiles,
      tokenFor: present.tokenFor,
    }),
  );
  const vault = await openVault({ ...needs, config: options.config });
  const office = building.use(
    openOffice({
      ...needs,
      agentName: providersName(name),
      config: options.config,
      ears,
      checkout: workplace.checkout,
    }),
  );
  const recorder = createRecorder({
    ...needs,
    secrets: present.secrets,
    repoSecrets: async repo => (await vault?.values(repo)) ?? {},
    tokenFor: present.tokenFor,
    leaseMs: limits.leaseMs,
  });
  const served = heardRecorder(options.onlooker, recorder);
  building.use(control.serve(served));
  // The agents inside this server speak to it without the broker: its outage is none of theirs.
  const inside = remembersTickets ? { ...agent, ...served } : agent;

  const { plane } = opened;
  if (plane !== null) {
    await joinPlanes(needs, plane, limits.leaseMs);
    // What is still queued here may run elsewhere. Where the store is gone as well, the others find out by the time.
    building.defer(() => store.leave(plane.name).catch(() => undefined));
  }

  // What a killed predecessor left is put in order before anything new comes in. What earlier agents of these names had
  // is buried: there is one of each at a time.
  const left = await store.running();
  await workplace.tidy(left.filter(held => held.agent === name));
  for (const its of [name, office.options.name])
    await buryAgent(needs, its, 'the server was ended in mid-run');
  // Also where tickets survive: a broker may be another one now, or empty. A second one does no harm.
  await store.ticketAgain();

  const takes = options.takesRuns ?? true;
  const localAgent: Agent = {
    name,
    pools: takes ? ['local'] : [],
    slots: limits.runs,
    version,
    capabilities: await workplace.capabilities(),
  };
  const drain = await hearDrains(needs, building);
  const standing = [localAgent, ...office.agents.map(its => ({ ...localAgent, ...its }))].map(self =>
    presence(needs, self, drain(self.name), { drain: life.drain, over: over.signal }),
  );

  const watchers = createWatchers({
    config: options.config,
    present,
    store,
    clock,
    journal,
    path,
    watchesNode: options.watchesNode ?? true,
    readFolder: (...asked) => workplace.checkout.readFolder(...asked),
  });
  const role = options.config.lightspeed?.role ?? null;
  const nextServer = role?.kind === 'hooks' ? adminServer(role) : null;
  const handing = { problem: null };
  const adminToken = await ensureAdminToken(dataDir);
  const doors = building.use(
    await openDoors(
      {
        ...needs,
        version,
        startedAt: clock.now(),
        sources: present.sources,
        serveHooks: hookDoor({ ...needs, judgements, hooks: present.hooks }, present.config),
        lightspeed: () => present.listeners(),
        registry,
        spindle: () => options.config.tangled,
        hosting: () => watchers.tangled && vault && { calls: watchers.tangled.calls, secrets: vault },
        agents: agents.list,
        catchUps: watchers.catchUps,
        streams: () => ({ ...watchers.streams(), ...handingStreams(nextServer && handing) }),
        look: watchers.look,
        configState: present.state,
        settings: () => ({ limits, retention: options.config.retention, badges: options.config.badges }),
        reload: async () => void (await reload()),
        parseRules: text => parseRules(needs.matchers, text, present.config()),
        ruleText: name => ruleText(present.state().file, name),
        renderMetrics: () => metrics.render({ control, agents: agents.list }),
      },
      {
        public:
          options.hooks === undefined
            ? { ...options.config.public, url: options.config.public.url ?? undefined }
            : { openedAt: options.hooks.url },
        admin:
          (options.hasAdminDoor ?? true)
            ? { ...options.config.admin, url: options.config.admin.url ?? undefined }
            : null,
        adminToken,
        bodyLimitBytes: limits.bodyBytes,
        uiDirectory: options.uiDirectory,
        limits: doorLimits,
      },
    ),
  );

  // Written while the doors are open and the directory is ours: no other server's is removed.
  const whereabouts = join(dataDir, 'server.json');
  building.defer(() => rm(whereabouts, { force: true }));
  await announce(whereabouts, { pid: process.pid, public: doors.publicUrl, admin: doors.adminUrl });

  const loops = [
    dispatch(needs, over.signal),
    report(
      { ...needs, reporters: faults.reporters(present.reporters) },
      { drain: over.signal, abandon: life.abandon },
    ),
    ...watchers.sources.map(source => listen(needs, source, over.signal)),
    ...(nextServer === null ? [] : [handOnDeliveries(needs, nextServer, handing, over.signal)]),
    ...(options.config.tangled === null ? [] : [announcePipelines(needs, 'tangled', over.signal)]),
    ...(plane === null ? [] : [keepPlace(needs, plane, limits.leaseMs, over.signal)]),
    keepDrained({ ...needs, agents }, over.signal),
    rememberAgents({ ...needs, memory }, agents, [name, office.options.name], over.signal),
    sweepLeases(needs, limits.leaseMs, over.signal),
    sweepOld(needs, { ...options.config.retention, ...retention }, over.signal),
  ];
  const attemptOptions = {
    heartbeatMs: Math.floor(limits.leaseMs / beatsPerLease),
    logLimitBytes: limits.logBytes,
    baseEnv: options.jobEnvironment,
  };
  const workNeeds = { ...needs, agent: inside, maskSecrets: createRedactor };
  const working = work(
    { ...workNeeds, ...workplace, drain: drain(name) },
    { ...attemptOptions, ...localAgent },
    life,
  );
  // Builds go on by themselves: at the end they are let go at once, and the next start goes on with them.
  const letGo = AbortSignal.any([life.drain, over.signal]);
  const following = Promise.all([
    work(
      { ...workNeeds, ...office.workplace, drain: drain(office.options.name) },
      { ...attemptOptions, ...office.options, pools: takes ? office.options.pools : [] },
      { drain: letGo, abandon: letGo },
    ),
    office.endCancelled(left, letGo),
  ]);

  const house = building.move();
  const closed = (async () => {
    // Whatever fails on the way: nothing stays open, and no loop outlives the house.
    await using _house = house;
    try {
      // Until its last job has ended the house is open: what comes in is stored, and runs after the next start.
      await Promise.all([working, following]);
      await reportsAreOut(needs, lastReportsMs, life.abandon);
    } finally {
      over.abort();
      await Promise.all([following, ...loops, ...standing]);
    }
  })();
  const { publicUrl, adminUrl } = doors;
  return { publicUrl, adminUrl, adminToken, acceptHook: acceptHooks(needs), reload, closed };
}

/** What a reporter keeps lies beside the positions of sources, and moves with them. */
function memoryOf(store: Store, reporter: string) {
  const source = `reports to ${reporter}`;
  return {
    recall: () => store.position(source),
    keep: (position: Json) => store.keepPosition({ source, position }),
  };
}

/** Reloads, and writes into the log what came of it, whoever asked for it. */
async function reloadNoted(present: Pick<InForce, 'reload'>, journal: Journal): Promise<readonly string[]> {
  try {
    const needsRestart = await present.reload();
    journal.note({ kind: 'config.reloaded', needsRestart });
    return needsRestart;
  } catch (error) {
    journal.note({ kind: 'config.refused', error: SignalboxError.from(error).message });
    throw error;
  }
}
