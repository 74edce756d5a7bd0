import { byHand, type Signalbox, startSignalbox } from '../contenders/signalbox.ts';
import { byHandHeaders, startedByHand, startWebhook } from '../contenders/webhook.ts';
import { callAtPace } from '../load/callers.ts';
import { type Client, createClient } from '../load/client.ts';
import { followFeed } from '../load/finished.ts';
import { emptyCall } from '../payload.ts';
import { percentile } from '../percentile.ts';
import { atMost, type Figures, type Row } from '../row.ts';
import { wallClock } from '../wall-clock.ts';

const perSecond = 100;

/** How soon work begins. The job says itself when it does: it is `date`, which prints nanoseconds. */
export const latency: Row = {
  name: 'latency',
  title: `From sending a call until its process runs, at ${perSecond} calls a second`,
  programs: ['webhook'],
  lines: [
    { what: 'p50', unit: 'ms', figure: 'p50Ms', of: 'signalbox', against: 'webhook', aim: null },
    { what: 'p99', unit: 'ms', figure: 'p99Ms', of: 'signalbox', against: null, aim: atMost(10) },
    { what: 'p99', unit: 'ms', figure: 'p99Ms', of: 'signalbox', against: 'webhook', aim: null },
  ],
  async open(bench, opened) {
    const client = opened.use(createClient());
    const ours = opened.use(
      await startSignalbox(bench.directory, "rules: [{ name: job, on: manual, exec: [/bin/date, '+%s%N'] }]"),
    );
    const theirs = opened.use(
      await startWebhook(bench.directory, {
        'trigger-rule': startedByHand,
        'execute-command': '/bin/date',
        'pass-arguments-to-command': [{ source: 'string', name: '+%s%N' }],
        'include-command-output-in-response': true,
      }),
    );
    const ask = async () => {
      const sentMs = wallClock();
      const { body } = await client.post(theirs.url, byHandHeaders, emptyCall);
      return startedMs(body) - sentMs;
    };
    const measures = {
      signalbox: async (seconds: number) => figures(await oursIn(client, ours, { ...bench, seconds })),
      webhook: async (seconds: number) => figures(await callAtPace({ ...bench, seconds }, perSecond, ask)),
    };
    return Object.fromEntries(
      Object.entries(measures).map(([name, measure]) => [
        name,
        async () => {
          if (bench.warmUpSeconds > 0) await measure(bench.warmUpSeconds);
          return measure(bench.seconds);
        },
      ]),
    );
  },
};

async function oursIn(
  client: Client,
  server: Signalbox,
  bench: Parameters<typeof callAtPace>[0],
): Promise<readonly number[]> {
  await using feed = await followFeed(server);
  const { url, headers } = byHand(server, 'job');
  const called = await callAtPace(bench, perSecond, async () => {
    const sentMs = wallClock();
    const { body } = await client.post(url, headers, emptyCall);
    const { runs }: { runs: readonly string[] } = JSON.parse(body);
    return { sentMs, run: runs[0] ?? '' };
  });
  const took: number[] = [];
  // What the jobs have printed is asked for afterwards: no question gets into a job's way.
  for (const { sentMs, run } of called) {
    await feed.success(run);
    const log = await client.get(`${server.adminUrl}/api/runs/${run}/log`, headers);
    took.push(startedMs(log.body) - sentMs);
  }
  return took;
}

const figures = (took: readonly number[]): Figures => ({
  p50Ms: percentile(took, 50),
  p99Ms: percentile(took, 99),
  mostMs: Math.max(...took),
});

/** The only number of so many digits that it has printed. */
function startedMs(printed: string): number {
  const [, seconds, nanos] = /\b(\d{10})(\d{9})\b/.exec(printed) ?? [];
  if (seconds === undefined || nanos === undefined) throw new Error(`this is no time: ${printed}`);
  return Number(seconds) * 1000 + Number(nanos) / 1e6;
}
