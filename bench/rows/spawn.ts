import { join } from 'node:path';
import { runToEnd } from '../process.ts';
import { atLeast, type Bench, type Figures, type Row } from '../row.ts';

/** How fast a process that has grown starts others: Node copies its own page tables for each, the launcher does not. */
export const spawn: Row = {
  name: 'spawn',
  title: '/bin/true, 8 at a time, from a process that holds 1 GB',
  programs: [],
  lines: [
    {
      what: 'started and ended',
      unit: '/s',
      figure: 'perSecond',
      of: 'launcher',
      against: 'spawn',
      aim: atLeast(10),
    },
    {
      what: 'p99 of the event loop',
      unit: 'ms',
      figure: 'loopP99Ms',
      of: 'launcher',
      against: 'spawn',
      aim: null,
    },
  ],
  async open(bench) {
    return { launcher: () => from(bench, 'launcher'), spawn: () => from(bench, 'spawn') };
  },
};

async function from(bench: Bench, how: string): Promise<Figures> {
  const script = join(import.meta.dirname, '..', 'load', 'fat-starter.ts');
  const printed = await runToEnd(
    [process.execPath, script, how, String(bench.seconds), bench.directory, String(bench.heldMb)],
    bench.signal,
  );
  return JSON.parse(printed);
}
