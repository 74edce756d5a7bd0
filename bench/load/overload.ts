import { setTimeout as sleep } from 'node:timers/promises';
import { byHandHeaders, startWebhook } from '../contenders/webhook.ts';
import { watchMemory } from '../memory.ts';
import { emptyCall, handParcel, type Parcel } from '../payload.ts';
import { figuresOf } from '../process.ts';
import type { Bench, Figures } from '../row.ts';
import { createClient } from './client.ts';
import { flood } from './flood.ts';

/** Enough for their mean to be good to a percent or two. */
const sampleJobs = 100;
const settledMs = 200;

/** It does not count its jobs, but the kernel counts the page faults of every child, and these are all alike. */
async function faultsOfOneJob({ pid, url }: { readonly pid: number; readonly url: string }): Promise<number> {
  using client = createClient();
  const before = figuresOf(pid).childFaults;
  for (let job = 0; job < sampleJobs; job += 1) await client.post(url, byHandHeaders, emptyCall);
  let now = before;
  for (let last = -1; now !== last; await sleep(settledMs)) {
    last = now;
    now = figuresOf(pid).childFaults;
  }
  return (now - before) / sampleJobs;
}

/** Sends as much as is taken, and looks at what is done meanwhile. */
export async function overload(
  bench: Bench,
  on: {
    readonly pid: number;
    readonly url: string;
    readonly parcel: Parcel;
    readonly executed: () => Promise<number>;
  },
): Promise<Figures> {
  using memory = watchMemory(on.pid);
  const before = await on.executed();
  const since = performance.now();
  const figures = await flood({ ...bench, warmUpSeconds: 0 }, { ...on, expected: 'success' });
  const executed = (await on.executed()) - before;
  const seconds = (performance.now() - since) / 1000;
  return { ...figures, executedPerSecond: executed / seconds, treeMemoryMb: memory.peakMb() };
}

/** The same for Debian's `webhook` with a hook of these settings, started for it alone. */
export async function overloadWebhook(bench: Bench, hook: object): Promise<Figures> {
  await using server = await startWebhook(bench.directory, hook);
  const { pid, url } = server;
  const faultsOfOne = await faultsOfOneJob(server);
  // Awaited here: the server lives as long as its load.
  return await overload(bench, {
    pid,
    url,
    parcel: handParcel(bench.directory, byHandHeaders),
    executed: async () => figuresOf(pid).childFaults / faultsOfOne,
  });
}
