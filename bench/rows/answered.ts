import { byHand, startSignalbox } from '../contenders/signalbox.ts';
import { byHandHeaders, startedByHand, startWebhook } from '../contenders/webhook.ts';
import { callAgainAndAgain } from '../load/callers.ts';
import { createClient } from '../load/client.ts';
import { followFeed } from '../load/finished.ts';
import { emptyCall } from '../payload.ts';
import { figuresOf } from '../process.ts';
import { atLeast, type Bench, type Figures, type Row } from '../row.ts';

const callers = 32;

/** Work that its caller waits for. Here the caller hears of the end from the feed: every step on the way is stored. */
export const answered: Row = {
  name: 'answered',
  title:
    '/bin/true for each call, 8 at a time, and 32 callers that wait for its end: told by the feed, each step stored and synced (webhook: all at the same time, told by the answer)',
  programs: ['webhook'],
  lines: [
    {
      what: 'run and told',
      unit: '/s',
      figure: 'perSecond',
      of: 'signalbox',
      against: 'webhook',
      aim: atLeast(1.2),
    },
    { what: 'until told, p50', unit: 'ms', figure: 'p50Ms', of: 'signalbox', against: 'webhook', aim: null },
    {
      what: "the server's own CPU for each",
      unit: 'µs',
      figure: 'cpuMicros',
      of: 'signalbox',
      against: 'webhook',
      aim: null,
    },
  ],
  async open(bench, opened) {
    const client = opened.use(createClient());
    const ours = opened.use(
      await startSignalbox(
        bench.directory,
        'limits: { runs: 8 }\nrules: [{ name: job, on: manual, exec: [/bin/true] }]',
      ),
    );
    const feed = opened.use(await followFeed(ours));
    const { url, headers } = byHand(ours, 'job');
    const theirs = opened.use(
      await startWebhook(bench.directory, {
        'trigger-rule': startedByHand,
        'include-command-output-in-response': true,
      }),
    );
    return {
      signalbox: () =>
        measure(bench, ours.pid, async () => {
          const { status, body } = await client.post(url, headers, emptyCall);
          const [run] = status === 200 ? runsOf(body) : [];
          if (run === undefined) throw new Error(`signalbox answered ${status}: ${body}`);
          await feed.success(run);
        }),
      webhook: () =>
        measure(bench, theirs.pid, async () => {
          const { status, body } = await client.post(theirs.url, byHandHeaders, emptyCall);
          if (status !== 200 || body !== '') throw new Error(`webhook answered ${status}: ${body}`);
        }),
    };
  },
};

const runsOf = (body: string): readonly string[] => {
  const { runs }: { runs: readonly string[] } = JSON.parse(body);
  return runs;
};

async function measure(bench: Bench, pid: number, call: () => Promise<void>): Promise<Figures> {
  await callAgainAndAgain({ ...bench, seconds: bench.warmUpSeconds }, callers, call);
  const before = figuresOf(pid);
  const seen = await callAgainAndAgain(bench, callers, call);
  const after = figuresOf(pid);
  return { ...seen, cpuMicros: (after.cpuMicros - before.cpuMicros) / seen.calls };
}
