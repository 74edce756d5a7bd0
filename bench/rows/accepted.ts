import { setTimeout as sleep } from 'node:timers/promises';
import { byHand, startSignalbox } from '../contenders/signalbox.ts';
import { byHandHeaders, startedByHand, startWebhook } from '../contenders/webhook.ts';
import { createClient } from '../load/client.ts';
import { flood } from '../load/flood.ts';
import { watchMemory } from '../memory.ts';
import { emptyCall, handParcel, type Parcel } from '../payload.ts';
import { figuresOf } from '../process.ts';
import { atLeast, atMost, type Bench, type Figures, type Row } from '../row.ts';

/** More work than there is time for: what is taken, what is done meanwhile, and what the waiting rest costs. */
export const accepted: Row = {
  name: 'accepted',
  title:
    '/bin/true for each call, 8 at a time, answered at once, as many calls as are taken: each stored and synced before the answer (webhook: all at the same time, kept in memory)',
  programs: ['webhook', 'wrk'],
  lines: [
    {
      what: 'accepted',
      unit: '/s',
      figure: 'perSecond',
      of: 'signalbox',
      against: 'webhook',
      aim: atLeast(1.9),
    },
    {
      what: 'executed meanwhile',
      unit: '/s',
      figure: 'executedPerSecond',
      of: 'signalbox',
      against: 'webhook',
      aim: atLeast(3),
    },
    {
      what: 'most memory, of all its processes',
      unit: 'MB',
      figure: 'treeMemoryMb',
      of: 'signalbox',
      against: 'webhook',
      aim: atMost(0.35),
    },
  ],
  // Each time anew: what was not executed must not burden the next measurement.
  async open(bench) {
    return { signalbox: () => ours(bench), webhook: () => theirs(bench) };
  },
};

async function ours(bench: Bench): Promise<Figures> {
  await using server = await startSignalbox(
    bench.directory,
    'limits: { runs: 8, queue: 1000000 }\nrules: [{ name: job, on: manual, exec: [/bin/true] }]',
  );
  const { url, headers } = byHand(server, 'job');
  // Awaited here: the server lives as long as its load.
  return await overload(bench, {
    pid: server.pid,
    url,
    parcel: handParcel(bench.directory, headers),
    executed: () => server.succeeded('job'),
  });
}

async function theirs(bench: Bench): Promise<Figures> {
  await using server = await startWebhook(bench.directory, { 'trigger-rule': startedByHand });
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

async function overload(
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
