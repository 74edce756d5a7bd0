import { setTimeout as sleep } from 'node:timers/promises';
import { startSignalbox } from '../contenders/signalbox.ts';
import { startWebhook } from '../contenders/webhook.ts';
import { treeMemoryMb } from '../process.ts';
import { atMost, type Bench, type Figures, type Row } from '../row.ts';

/** What a server costs that has nothing to do, and how long one waits for it. */
export const idle: Row = {
  name: 'idle',
  title: 'Started, and nothing to do',
  programs: ['webhook'],
  lines: [
    {
      what: 'memory, of all its processes',
      unit: 'MB',
      figure: 'treeMemoryMb',
      of: 'signalbox',
      against: null,
      aim: atMost(90),
    },
    {
      what: 'memory, of all its processes',
      unit: 'MB',
      figure: 'treeMemoryMb',
      of: 'signalbox',
      against: 'webhook',
      aim: null,
    },
    {
      what: 'from the command until all doors answer',
      unit: 'ms',
      figure: 'startMs',
      of: 'signalbox',
      against: 'webhook',
      aim: null,
    },
  ],
  async open(bench) {
    const rules = 'rules: [{ name: unit, on: push, branch: main, run: "true" }]';
    return {
      signalbox: async () => {
        const since = performance.now();
        await using server = await startSignalbox(bench.directory, rules);
        for (const door of [server.publicUrl, server.adminUrl]) await mustAnswer(`${door}/healthz`);
        return await atRest(bench, server.pid, performance.now() - since);
      },
      webhook: async () => {
        const since = performance.now();
        await using server = await startWebhook(bench.directory, {});
        return await atRest(bench, server.pid, performance.now() - since);
      },
    };
  },
};

async function atRest(bench: Bench, pid: number, startMs: number): Promise<Figures> {
  await sleep(bench.seconds * 1000, undefined, { signal: bench.signal });
  return { startMs, treeMemoryMb: treeMemoryMb(pid) };
}

async function mustAnswer(url: string): Promise<void> {
  const { status } = await fetch(url);
  if (status !== 200) throw new Error(`${url} answered ${status}`);
}
