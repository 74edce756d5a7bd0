import type { Config } from '../config/config.ts';
import type { Checkout } from '../contracts/checkout.ts';
import type { Clock } from '../contracts/clock.ts';
import type { Executor } from '../contracts/executor.ts';
import type { Provider } from '../contracts/provider.ts';
import type { Store } from '../contracts/store.ts';
import type { Matchers } from '../domain/explanation.ts';
import { providersPool } from '../domain/rule.ts';
import type { Journal } from '../engine/journal.ts';
import type { WorkNeeds } from '../engine/work.ts';
import { endCancelled } from '../executors/provider/end-cancelled.ts';
import { createProviderExecutor } from '../executors/provider/executor.ts';
import type { Ears } from '../providers/buildkite/ears.ts';
import { createBuildkiteProvider } from '../providers/buildkite/provider.ts';
import { createFakeProvider } from '../providers/fake/provider.ts';

/** A log that somebody watches seems to move; what was printed last is there, as agents send it once a second. */
const logs = { everyMs: 3_000, lagMs: 2_000, drainMs: 60_000 };

export interface OfficeNeeds {
  /** The agent whose runs other CI services do: no other control plane has one of that name. It holds no slot of this machine's. */
  readonly agentName: string;
  readonly config: Pick<Config, 'providers'>;
  readonly store: Store;
  readonly clock: Clock;
  readonly matchers: Matchers;
  readonly journal: Journal;
  readonly ears: Ears;
  /** A run needs a directory, though nothing but its event is in there: no commit is fetched. */
  readonly checkout: Checkout;
}

interface AgentOptions {
  readonly name: string;
  readonly pools: readonly string[];
  readonly slots: number;
}

/** Where runs are handed to other CI services, and followed from. */
export interface Office extends AsyncDisposable {
  /** For the work loop of the agent. */
  readonly workplace: Pick<WorkNeeds, 'checkout'> & { readonly executors: readonly Executor[] };
  readonly options: AgentOptions;
  /** As people see it: nobody, where there is no such service. */
  readonly agents: readonly AgentOptions[];
  /** Ends the builds of runs that somebody had cancelled when the server was ended. `left`: what was running then. */
  readonly endCancelled: (left: Awaited<ReturnType<Store['running']>>, signal: AbortSignal) => Promise<void>;
}

export function openOffice(needs: OfficeNeeds): Office {
  const { agentName, store, clock, checkout } = needs;
  const parts = new AsyncDisposableStack();
  const providers = providersOf(needs).map(provider => parts.use(provider));
  const executor = parts.use(createProviderExecutor({ providers, store, clock, logs }));
  const mostBuilds = providers.reduce((sum, provider) => sum + provider.mostBuilds, 0);
  // Without any provider, somebody has to say so.
  const options = { name: agentName, pools: [providersPool], slots: Math.max(1, mostBuilds) };
  return {
    workplace: {
      checkout: {
        prepare: (run, attempt, _revision, say, signal) => checkout.prepare(run, attempt, null, say, signal),
      },
      executors: [executor],
    },
    options,
    agents: providers.length === 0 ? [] : [options],
    endCancelled: (left, signal) =>
      endCancelled(
        {
          providers,
          store,
          trouble: (run, error) =>
            needs.journal.note({ kind: 'trouble', where: `ending the build of ${run}`, error }),
        },
        left.filter(({ agent: its }) => its === agentName).map(({ run }) => run),
        signal,
      ),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function providersOf({ config, clock, matchers, journal, ears }: OfficeNeeds): readonly Provider[] {
  const { buildkite, fake } = config.providers;
  const trouble = (error: unknown) => journal.note({ kind: 'trouble', where: 'buildkite', error });
  return [
    ...(buildkite === null
      ? []
      : [
          createBuildkiteProvider(
            { clock, ears, glob: (pattern, text) => matchers.glob(pattern, text), trouble },
            buildkite,
          ),
        ]),
    ...(fake ? [createFakeProvider({ clock })] : []),
  ];
}
