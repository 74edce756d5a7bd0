import { join } from 'node:path';
import { faults } from '../app-faults.ts';
import type { Judgements } from '../app-hooks/judgements.ts';
import { createRepositoryHookExecutor } from '../app-hooks/repository-executor.ts';
import { createGitCheckout, type GitCheckout, gitCheckoutDefaults } from '../checkout/git/checkout.ts';
import type { Config } from '../config/config.ts';
import type { Executor } from '../contracts/executor.ts';
import type { Store } from '../contracts/store.ts';
import type { Capabilities } from '../domain/agent.ts';
import type { Matchers } from '../domain/explanation.ts';
import { createAdapterExecutor } from '../executors/adapter/executor.ts';
import { createCommandExecutor } from '../executors/command/executor.ts';
import { createDaggerExecutor } from '../executors/dagger/executor.ts';
import { createHookExecutor } from '../executors/hook/executor.ts';
import { createScriptExecutor } from '../executors/script/executor.ts';
import { createWorkflowExecutor } from '../executors/workflow/executor.ts';
import { createIsolation } from '../lib/isolation/isolation.ts';
import type { Launcher } from '../lib/launcher/launcher.ts';
import { createProcessTree } from '../lib/process-tree.ts';
import { capabilities } from './capabilities.ts';

/** A job that is asked to end has this long before it is made to. */
const graceMs = 10_000;
/** Output that background processes still hold open after a job's end is waited for this long. */
const drainMs = 2_000;

/** What a workplace is set up from. */
export interface WorkplaceNeeds {
  readonly launcher: Launcher;
  readonly matchers: Matchers;
  readonly judgements: Judgements;
  readonly config: Pick<Config, 'dataDir' | 'limits' | 'git' | 'radicle' | 'daggerEnvironment'>;
  /** Where the program was started. */
  readonly cwd: string;
  /** What of this machine's environment every job may see. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
  /** Files that no isolated job may see, now. */
  readonly secretFiles: () => readonly string[];
  /** The token that opens a clone URL; null when none does. */
  readonly tokenFor: (url: string) => string | null;
}

/** Where runs are performed on this machine: their checkouts, and what runs them. The server has one, and each agent. */
export interface Workplace extends AsyncDisposable {
  readonly checkout: GitCheckout;
  readonly executors: readonly Executor[];
  /** What this machine can do. */
  readonly capabilities: () => Promise<Capabilities>;
  /** Ends what a killed predecessor left of these attempts, and clears its checkouts away. */
  readonly tidy: (left: readonly Pick<Held, 'run' | 'attempt'>[]) => Promise<void>;
}
type Held = Awaited<ReturnType<Store['running']>>[number];

export function setUpWorkplace(needs: WorkplaceNeeds): Workplace {
  const { launcher, matchers, judgements, config, jobEnvironment } = needs;
  const { dataDir, limits } = config;
  const radicleHome = config.radicle?.home ?? null;
  const path = jobEnvironment['PATH'] ?? '';
  const parts = new AsyncDisposableStack();
  const checkout = parts.use(
    createGitCheckout({
      ...gitCheckoutDefaults,
      ...config.git,
      radicleHome,
      directory: dataDir,
      tokenFor: needs.tokenFor,
      path,
    }),
  );
  const isolation = parts.use(
    createIsolation({
      directory: join(dataDir, 'isolation'),
      environment: jobEnvironment,
      hidden: () => ({
        // The node's key is in its home.
        directories: [dataDir, jobEnvironment['HOME'] ?? dataDir, radicleHome ?? dataDir],
        files: needs.secretFiles(),
      }),
    }),
  );
  const processNeeds = { launcher, isolation, processes: createProcessTree(), graceMs, drainMs };
  const { daggerEnvironment } = config;
  const hooks = createHookExecutor({ ...processNeeds, cwd: needs.cwd, path, daggerEnvironment });
  const executors = [
    createCommandExecutor(processNeeds),
    createScriptExecutor(processNeeds),
    hooks,
    createRepositoryHookExecutor({ hooks, judgements, longestBodyBytes: limits.bodyBytes }),
    createDaggerExecutor({ ...processNeeds, environment: daggerEnvironment, matchers }),
    createAdapterExecutor(processNeeds),
    createWorkflowExecutor({ ...processNeeds, environment: jobEnvironment }),
  ].map(executor => parts.use(faults.executor(executor)));
  return {
    checkout,
    executors,
    capabilities: () => capabilities(path, isolation),
    tidy: async left => {
      const orphans = left.map(({ run, attempt }) => ({ run, home: checkout.homeOf(run, attempt) }));
      for (const executor of executors) await executor.endOrphans(orphans);
      await checkout.clean();
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
