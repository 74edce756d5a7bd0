import { join } from 'node:path';
import type { Parcel } from '../payload.ts';
import { figuresOf, runToEnd } from '../process.ts';
import type { Bench, Figures } from '../row.ts';

/** As many senders as wait for an answer at the same time. */
const connections = 32;

interface Counted {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers above 399. */
  readonly refused: number;
  /** Requests that got no answer. */
  readonly broken: number;
}

/** Sends as much as is taken, and looks at the server before and after. Every answer must be of the expected kind. */
export async function flood(
  bench: Bench,
  to: {
    readonly url: string;
    readonly pid: number;
    readonly parcel: Parcel;
    readonly expected: 'success' | 'refusal';
  },
): Promise<Figures> {
  if (bench.warmUpSeconds > 0) await send(bench, to, bench.warmUpSeconds);
  const before = figuresOf(to.pid);
  const { requests, seconds, p50Ms, p99Ms, refused, broken } = await send(bench, to, bench.seconds);
  const after = figuresOf(to.pid);
  const wrong = to.expected === 'success' ? refused : requests - refused;
  if (requests === 0 || wrong + broken > 0)
    throw new Error(`${to.url}: of ${requests} answers ${wrong} were wrong, and ${broken} did not come`);
  return {
    perSecond: requests / seconds,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / requests,
    p50Ms,
    p99Ms,
    peakMemoryMb: after.peakMemoryMb,
    requests,
    seconds,
  };
}

async function send(
  bench: Bench,
  { url, parcel }: { readonly url: string; readonly parcel: Parcel },
  seconds: number,
): Promise<Counted> {
  const script = join(import.meta.dirname, 'post.lua');
  const load = ['--threads', '1', '--connections', `${connections}`, '--duration', `${Math.ceil(seconds)}s`];
  const headers = Object.entries(parcel.headers).filter(([name]) => name !== 'x-github-delivery');
  const printed = await runToEnd(
    ['wrk', ...load, '--script', script, url, '--', parcel.file, ...headers.flat()],
    bench.signal,
  );
  const [, result] = /^RESULT (.*)$/m.exec(printed) ?? [];
  if (result === undefined) throw new Error(`wrk said nothing of use: ${printed}`);
  return JSON.parse(result);
}
