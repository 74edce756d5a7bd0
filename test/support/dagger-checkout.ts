import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Patience } from '../../src/contracts/executor.suite.ts';
import type { ExecutionContext, Executor } from '../../src/contracts/executor.ts';
import { runId } from '../../src/domain/id.ts';
import type { Action } from '../../src/domain/rule.ts';
import type { Ending } from '../../src/domain/run.ts';
import { createDaggerExecutor } from '../../src/executors/dagger/executor.ts';
import { createProcessTree } from '../../src/lib/process-tree.ts';
import { createMatchers } from '../../src/matchers/matchers.ts';
import { plainIsolation, shells } from './command-executor.ts';
import { pushEvent } from './events.ts';
import { createFakeDagger, type FakeDagger } from './fake-dagger.ts';

/** An executor that finds its engine by this environment, with a directory that goes with it. */
export async function openDagger(
  patience: Patience,
  environment: Readonly<Record<string, string>> = {},
): Promise<AsyncDisposable & { readonly directory: string; readonly executor: Executor }> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-dagger-test-')));
  const launcher = shells(join(directory, 'launcher'));
  const processes = createProcessTree();
  const executor = createDaggerExecutor({
    ...patience,
    launcher,
    isolation: plainIsolation,
    processes,
    environment,
    matchers: createMatchers(),
  });
  return {
    directory,
    executor,
    async [Symbol.asyncDispose]() {
      await executor[Symbol.asyncDispose]();
      await launcher[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

/** A directory for a checkout, and an executor whose `dagger` is a stub. */
export interface DaggerCheckout extends AsyncDisposable {
  readonly dagger: FakeDagger;
  /** Empty at first. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** What has been written, by stream. */
  readonly output: Readonly<Record<'stdout' | 'stderr' | 'system', string>>;
  run(action: Action, changes?: Partial<ExecutionContext>): Promise<Ending>;
}

export async function openDaggerCheckout(
  environment: Readonly<Record<string, string>> = {},
): Promise<DaggerCheckout> {
  const dagger = createFakeDagger();
  const made = await openDagger({ graceMs: 2_000, drainMs: 200 }, environment);
  const directory = join(made.directory, 'attempt', 'work');
  await mkdir(directory, { recursive: true });
  const output = { stdout: '', stderr: '', system: '' };
  const run = runId('dagger'.padStart(26, '0'));
  const env = {
    PATH: `${dagger.directory}:/usr/bin:/bin`,
    SIGNALBOX_RUN_ID: run,
    SIGNALBOX_ATTEMPT: String(process.pid),
    SIGNALBOX_SHA: 'a'.repeat(40),
    SIGNALBOX_BRANCH: '$(touch x)',
    SIGNALBOX_EVENT_FILE: '/event.json',
  };
  return {
    dagger,
    directory,
    env,
    output,
    run: (action, changes = {}) =>
      made.executor.execute(action, {
        run,
        attempt: 1,
        directory,
        home: join(made.directory, 'attempt'),
        isolation: 'none',
        env,
        event: pushEvent(),
        trigger: null,
        step: () => Promise.resolve(),
        tellCounterpart: async () => assert.fail('nobody asked for an adapter'),
        timeoutMs: 30_000,
        signal: new AbortController().signal,
        write: async (stream, bytes) => void (output[stream] += Buffer.from(bytes).toString()),
        ...changes,
      }),
    async [Symbol.asyncDispose]() {
      dagger[Symbol.dispose]();
      await made[Symbol.asyncDispose]();
    },
  };
}
