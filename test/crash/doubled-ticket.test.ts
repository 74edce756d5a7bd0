import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSystemClock } from '../../src/clock/system.ts';
import type { Executor } from '../../src/contracts/executor.ts';
import { hearDrain } from '../../src/engine/drain.ts';
import { createEnds } from '../../src/engine/ends.ts';
import { createRecorder } from '../../src/engine/record.ts';
import { work } from '../../src/engine/work.ts';
import { createRedactor } from '../../src/lib/redactor.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { createEmbeddedTransport } from '../../src/transport/embedded.ts';
import { until } from '../support/server.ts';
import { admitRun } from './admit-run.ts';

test('an attempt is executed once, however many tickets speak of its run', { timeout: 20_000 }, async t => {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-doubled-'));
  t.after(() => rm(directory, { recursive: true }));
  await using store = await openSqliteStore({ directory });
  await using transport = createEmbeddedTransport();
  const { control, agent } = transport;
  const clock = createSystemClock();
  const journal = { note: () => undefined };
  using _serving = control.serve(
    createRecorder({
      ends: createEnds(),
      store,
      control,
      clock,
      journal,
      secrets: () => ({}),
      repoSecrets: async () => ({}),
      tokenFor: () => null,
      leaseMs: 30_000,
    }),
  );

  const executed: string[] = [];
  const over = Promise.withResolvers<void>();
  const executor: Executor = {
    kind: 'command',
    async execute(_, { run, attempt }) {
      executed.push(`${run} ${attempt}`);
      await over.promise;
      return { outcome: 'success', exitCode: 0, reason: null };
    },
    endOrphans: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
  };
  const checkout = {
    prepare: async () => ({
      directory,
      home: directory,
      sha: null,
      place: async () => '',
      [Symbol.asyncDispose]: async () => undefined,
    }),
    clean: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const drain = new AbortController();
  using untold = hearDrain(agent, 'box', false);
  const working = work(
    { agent, drain: untold, checkout, executors: [executor], maskSecrets: createRedactor, clock, journal },
    { name: 'box', pools: ['local'], slots: 4, heartbeatMs: 10_000, logLimitBytes: 1e6, baseEnv: {} },
    { drain: drain.signal, abandon: new AbortController().signal },
  );

  const run = await admitRun(store, { retryLost: 0 });
  const other = await admitRun(store, { name: 'other' });
  for (const { id } of [run, run, run, other]) await control.send({ run: id, pool: 'local' });
  // Tickets are taken in order: when the other run is at work, the copies before it were taken as well.
  await until(() => executed.includes(`${other.id} 1`), 'the other run to start');
  await control.send({ run: run.id, pool: 'local' });
  over.resolve();
  drain.abort();
  await working;
  assert.deepEqual(executed.toSorted(), [`${run.id} 1`, `${other.id} 1`].toSorted());
});
