import { startAsWebhook } from '../contenders/as-webhook.ts';
import { byHandHeaders, startedByHand, startWebhook } from '../contenders/webhook.ts';
import { callAgainAndAgain } from '../load/callers.ts';
import { createClient } from '../load/client.ts';
import { watchMemory } from '../memory.ts';
import { emptyCall } from '../payload.ts';
import { figuresOf } from '../process.ts';
import { atLeast, atMost, type Bench, type Figures, type Row } from '../row.ts';

const callers = 32;
const hook = {
  'execute-command': '/bin/echo',
  'pass-arguments-to-command': [{ source: 'string', name: 'hello' }],
  'trigger-rule': startedByHand,
  'include-command-output-in-response': true,
};

/** The same hooks file for both: what a command prints is the answer. */
export const captured: Row = {
  name: 'captured',
  title:
    'A hook that is answered with its output, /bin/echo, 32 callers: signalbox as webhook, each step stored and synced (webhook: nothing is kept)',
  programs: ['webhook'],
  lines: [
    {
      what: 'answered',
      unit: '/s',
      figure: 'perSecond',
      of: 'signalbox',
      against: 'webhook',
      aim: atLeast(1),
    },
    { what: 'p50', unit: 'ms', figure: 'p50Ms', of: 'signalbox', against: 'webhook', aim: atMost(1) },
    { what: 'p99', unit: 'ms', figure: 'p99Ms', of: 'signalbox', against: 'webhook', aim: atMost(1) },
    {
      what: 'most memory, of all its processes',
      unit: 'MB',
      figure: 'treeMemoryMb',
      of: 'signalbox',
      against: 'webhook',
      aim: atMost(1),
    },
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
    const ours = opened.use(await startAsWebhook(bench.directory, hook));
    const theirs = opened.use(await startWebhook(bench.directory, hook));
    return { signalbox: () => measure(bench, ours), webhook: () => measure(bench, theirs) };
  },
};

async function measure(
  bench: Bench,
  { pid, url }: { readonly pid: number; readonly url: string },
): Promise<Figures> {
  using client = createClient();
  const call = async (): Promise<void> => {
    const { status, body } = await client.post(url, byHandHeaders, emptyCall);
    if (status !== 200 || body !== 'hello\n') throw new Error(`${url} answered ${status}: ${body}`);
  };
  await callAgainAndAgain({ ...bench, seconds: bench.warmUpSeconds }, callers, call);
  using memory = watchMemory(pid);
  const before = figuresOf(pid);
  const seen = await callAgainAndAgain(bench, callers, call);
  const after = figuresOf(pid);
  return {
    ...seen,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / seen.calls,
    treeMemoryMb: memory.peakMb(),
  };
}
