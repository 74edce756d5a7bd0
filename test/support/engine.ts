import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGitCheckout, gitCheckoutDefaults } from '../../src/checkout/git/checkout.ts';
import { createSystemClock } from '../../src/clock/system.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { Transport } from '../../src/contracts/transport.ts';
import type { Event } from '../../src/domain/event.ts';
import { eventId, type RunId } from '../../src/domain/id.ts';
import type { Rule } from '../../src/domain/rule.ts';
import type { RunStatus } from '../../src/domain/run.ts';
import type { ControlNeeds } from '../../src/engine/control.ts';
import { dispatch } from '../../src/engine/dispatch.ts';
import { hearDrain } from '../../src/engine/drain.ts';
import { createEnds } from '../../src/engine/ends.ts';
import { admit, type IntakeNeeds } from '../../src/engine/intake.ts';
import type { Note } from '../../src/engine/journal.ts';
import { createQueueGauge } from '../../src/engine/queue-gauge.ts';
import { createRecorder } from '../../src/engine/record.ts';
import { type WorkNeeds, work } from '../../src/engine/work.ts';
import { createCommandExecutor } from '../../src/executors/command/executor.ts';
import { createWorkflowExecutor } from '../../src/executors/workflow/executor.ts';
import { createLauncher } from '../../src/lib/launcher/launcher.ts';
import { createProcessTree } from '../../src/lib/process-tree.ts';
import { createRedactor } from '../../src/lib/redactor.ts';
import { createMatchers } from '../../src/matchers/matchers.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { createEmbeddedTransport } from '../../src/transport/embedded.ts';
import { plainIsolation } from './command-executor.ts';
import { commandRule } from './doors/open-house.ts';
import { pushEvent } from './events.ts';
import { until } from './server.ts';

type Needs = IntakeNeeds & ControlNeeds & Pick<Transport, 'control' | 'agent'> & { readonly store: Store };

/** The engine's parts over a real store and transport, without doors. What answers to agents is in place. */
export interface TestEngine extends AsyncDisposable {
  readonly needs: Needs;
  /** All that was noted. */
  readonly notes: readonly Note[];
  /** In force; `unit` alone at first, which answers every push. */
  rules: readonly Rule[];
  /** A push of its own, without a delivery id when none is given. */
  push(changes?: Partial<Event>): Event;
  /** Stores the event with all it brings. */
  admit(event: Event): ReturnType<typeof admit>;
  /** Admits a push and returns its first run. */
  start(changes?: Partial<Event>): Promise<RunId>;
  /** How the run has ended, when it has. */
  ended(run: RunId): Promise<Extract<RunStatus, { state: 'finished' }>>;
  /**
   * Lets an agent with real processes and checkouts work until the engine is disposed; `change` puts something between
   * it and its parts.
   */
  startAgent(change?: (needs: WorkNeeds) => Partial<WorkNeeds>): Promise<void>;
}

export const leaseMs = 30_000;

/** Opens it in a directory that goes with it. */
export async function openEngine(
  options: {
    readonly queueLimit?: number;
    readonly clock?: IntakeNeeds['clock'];
    readonly leaseMs?: number;
    /** Values of secrets, by name. */
    readonly secrets?: Readonly<Record<string, string>>;
    /** The same, of repositories. */
    readonly repoSecrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  } = {},
): Promise<TestEngine> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-engine-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const store = stack.use(await openSqliteStore({ directory }));
  const { control, agent } = stack.use(createEmbeddedTransport());
  const clock = options.clock ?? createSystemClock();
  const notes: Note[] = [];
  const journal = { note: (note: Note) => void notes.push(note) };
  const held = { rules: [commandRule('unit')] as readonly Rule[] };
  const needs: Needs = {
    store,
    control,
    agent,
    clock,
    journal,
    rules: () => held.rules,
    matchers: createMatchers(),
    queue: createQueueGauge({ store, clock }, options.queueLimit ?? 1_000, false),
  };
  stack.use(
    control.serve(
      createRecorder({
        ends: createEnds(),
        ...needs,
        secrets: () => options.secrets ?? {},
        repoSecrets: async repo => options.repoSecrets?.[repo] ?? {},
        tokenFor: () => null,
        leaseMs: options.leaseMs ?? leaseMs,
      }),
    ),
  );

  const open = stack.move();
  const over = new AbortController();
  const push = (changes: Partial<Event> = {}): Event =>
    pushEvent({ id: eventId(clock.unique()), repo: null, ref: null, ...changes });
  const admitted = (event: Event) => admit(needs, event, { delivery: null, position: null });
  return Object.assign(held, {
    needs,
    notes,
    push,
    admit: admitted,
    start: async (changes: Partial<Event> = {}) => {
      const answer = await admitted(push(changes));
      const [run] = answer.result === 'admitted' ? answer.runs : [];
      if (run === undefined) throw new Error(`the push was ${answer.result} and started nothing`);
      return run;
    },
    ended: (run: RunId) =>
      until(async () => {
        const status = (await store.run(run))?.run.status;
        return status?.state === 'finished' ? status : undefined;
      }, `${run} to end`),
    async startAgent(change: (needs: WorkNeeds) => Partial<WorkNeeds> = () => ({})) {
      const launcher = open.use(createLauncher({ directory: join(directory, 'launcher'), warm: 1 }));
      const processes = createProcessTree();
      const processNeeds = { launcher, isolation: plainIsolation, processes, graceMs: 2_000, drainMs: 100 };
      const baseEnv = { PATH: process.env['PATH'] ?? '' };
      const executors = [
        open.use(createCommandExecutor(processNeeds)),
        open.use(createWorkflowExecutor({ ...processNeeds, environment: baseEnv })),
      ];
      const checkout = open.use(
        createGitCheckout({
          ...gitCheckoutDefaults,
          directory,
          path: process.env['PATH'] ?? '',
          allowFile: true,
          allowPrivateHosts: true,
          radicleHome: null,
          roomBytes: 1e9,
          tokenFor: () => null,
        }),
      );
      await checkout.clean();
      const drain = open.use(hearDrain(agent, 'local', false));
      const parts = { ...needs, drain, checkout, executors, maskSecrets: createRedactor };
      const working = work(
        { ...parts, ...change(parts) },
        {
          name: 'local',
          pools: ['local'],
          slots: 2,
          heartbeatMs: 600_000, // so that nothing is mended by the next one
          logLimitBytes: 1_000_000,
          baseEnv,
        },
        { drain: over.signal, abandon: over.signal },
      );
      const dispatching = dispatch(needs, over.signal);
      open.defer(async () => {
        over.abort();
        await Promise.all([working, dispatching]);
      });
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  });
}
