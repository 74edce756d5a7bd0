import { byHand, startSignalbox } from '../contenders/signalbox.ts';
import { startedByHand } from '../contenders/webhook.ts';
import { overload, overloadWebhook } from '../load/overload.ts';
import { handParcel } from '../payload.ts';
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
    return {
      signalbox: () => ours(bench),
      webhook: () => overloadWebhook(bench, { 'trigger-rule': startedByHand }),
    };
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
