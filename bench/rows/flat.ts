import { join } from 'node:path';
import { type Signalbox, startSignalbox } from '../contenders/signalbox.ts';
import { callAgainAndAgain } from '../load/callers.ts';
import { createClient } from '../load/client.ts';
import { flood } from '../load/flood.ts';
import { copyHistory } from '../long-history.ts';
import { type Parcel, pushParcel, pushRequest, secret } from '../payload.ts';
import { atMost, type Bench, type Figures, type Line, type Row } from '../row.ts';
import { until } from '../until.ts';

const fewEvents = 1000;
const rules = 'rules: [{ name: unit, on: push, branch: main, run: "true" }]';

const line = (what: string, unit: string, figure: string): Line => ({
  what,
  unit,
  figure,
  of: 'many',
  against: 'few',
  aim: atMost(1.2),
});

/** Whether a server slows down as its history grows. */
export const flat: Row = {
  name: 'flat',
  title: 'With a million events and runs in its history, and with a thousand',
  programs: ['wrk'],
  lines: [
    line('for each delivery stored', 'µs', 'intakeMicros'),
    line('GET /api/events, p50', 'ms', 'eventsMs'),
    line('GET /api/runs, p50', 'ms', 'runsMs'),
    line('GET /api/runs?state=finished, p50', 'ms', 'filteredMs'),
  ],
  async open(bench, opened) {
    const few = opened.use(await withHistory(bench, fewEvents));
    const many = opened.use(await withHistory(bench, bench.manyEvents));
    const parcel = pushParcel(bench.directory, { branch: 'topic', signedWith: secret });
    return { few: () => measure(bench, few, parcel), many: () => measure(bench, many, parcel) };
  },
};

async function withHistory(bench: Bench, events: number): Promise<Signalbox> {
  const { dataDirectory } = await withOneRun(bench);
  copyHistory(join(dataDirectory, 'data', 'signalbox.sqlite'), events);
  return startSignalbox(bench.directory, rules, dataDirectory);
}

/** A directory that a server has left after one push; its run, which has nothing to check out, is over. */
async function withOneRun(bench: Bench): Promise<{ readonly dataDirectory: string }> {
  await using server = await startSignalbox(bench.directory, rules);
  using client = createClient();
  const { body, headers } = pushRequest({ branch: 'main', signedWith: secret });
  await client.post(`${server.publicUrl}/github`, headers, body);
  await until(async () => {
    const { items }: { items: readonly unknown[] } = await server.api('/api/runs?state=finished');
    return items.length === 1;
  }, 'a run to finish');
  return { dataDirectory: server.dataDirectory };
}

async function measure(bench: Bench, server: Signalbox, parcel: Parcel): Promise<Figures> {
  using client = createClient();
  const p50Ms = async (path: string): Promise<number> => {
    const seen = await callAgainAndAgain({ ...bench, seconds: bench.seconds / 5 }, 1, async () => {
      const { status, body } = await client.get(`${server.adminUrl}${path}`, server.authorization);
      if (status !== 200) throw new Error(`${path} answered ${status}: ${body}`);
    });
    return seen.p50Ms;
  };
  const eventsMs = await p50Ms('/api/events');
  const runsMs = await p50Ms('/api/runs');
  const filteredMs = await p50Ms('/api/runs?state=finished');
  const url = `${server.publicUrl}/github`;
  const { perSecond = 0 } = await flood(bench, { url, pid: server.pid, parcel, expected: 'success' });
  return { eventsMs, runsMs, filteredMs, intakeMicros: 1e6 / perSecond };
}
