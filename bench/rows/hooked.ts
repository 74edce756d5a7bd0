import { startAsWebhook } from '../contenders/as-webhook.ts';
import { byHandHeaders, startedByHand } from '../contenders/webhook.ts';
import { overload, overloadWebhook } from '../load/overload.ts';
import { handParcel } from '../payload.ts';
import { atLeast, atMost, type Bench, type Figures, type Row } from '../row.ts';

const hook = { 'trigger-rule': startedByHand };

/** The same hooks file for both: answered at once, and the command runs. */
export const hooked: Row = {
  name: 'hooked',
  title:
    'A hook that is answered at once, /bin/true, as many calls as are taken: signalbox as webhook, 8 at a time, each stored and synced before the answer (webhook: all at the same time, kept in memory)',
  programs: ['webhook', 'wrk'],
  lines: [
    { what: 'taken', unit: '/s', figure: 'perSecond', of: 'signalbox', against: 'webhook', aim: atLeast(1) },
    { what: 'p50', unit: 'ms', figure: 'p50Ms', of: 'signalbox', against: 'webhook', aim: atMost(1) },
    { what: 'p99', unit: 'ms', figure: 'p99Ms', of: 'signalbox', against: 'webhook', aim: atMost(1) },
    {
      what: 'executed meanwhile',
      unit: '/s',
      figure: 'executedPerSecond',
      of: 'signalbox',
      against: 'webhook',
      aim: atLeast(1),
    },
    {
      what: 'most memory, of all its processes',
      unit: 'MB',
      figure: 'treeMemoryMb',
      of: 'signalbox',
      against: 'webhook',
      aim: atMost(1),
    },
  ],
  // Each time anew: what was not executed must not burden the next measurement.
  async open(bench) {
    return { signalbox: () => ours(bench), webhook: () => overloadWebhook(bench, hook) };
  },
};

async function ours(bench: Bench): Promise<Figures> {
  await using server = await startAsWebhook(bench.directory, hook);
  const { pid, url } = server;
  const parcel = handParcel(bench.directory, byHandHeaders);
  // Awaited here: the server lives as long as its load.
  return await overload(bench, { pid, url, parcel, executed: () => server.succeeded() });
}
