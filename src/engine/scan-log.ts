import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { RunId } from '../domain/id.ts';
import type { LogLine } from '../domain/log.ts';

export interface ScanNeeds {
  readonly store: Pick<Store, 'log'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** How far a log was looked through. */
export interface Scan {
  /** The last line that was looked at: the next scan goes on after it. */
  readonly searchedTo: number;
  /** The log went no further when it was looked at. */
  readonly atEnd: boolean;
}

/** Lines in memory at once, and between two looks at the clock. */
const pageLines = 5_000;
/** A long log is looked through in several calls, so that none of them keeps others waiting for long. */
const longestMs = 1_000;

/** Shows the lines of a log after a line to `look`, until it has had enough, or time is up, or the log ends. */
export async function scanLog(
  { store, clock }: ScanNeeds,
  run: RunId,
  after: number,
  look: (line: LogLine) => 'more' | 'enough',
  signal: AbortSignal,
): Promise<Scan> {
  const until = clock.now() + longestMs;
  let searchedTo = after;
  do {
    const lines = await store.log(run, searchedTo, pageLines);
    if (lines.length === 0) return { searchedTo, atEnd: true };
    for (const line of lines) {
      searchedTo = line.seq;
      if (look(line) === 'enough') return { searchedTo, atEnd: false };
    }
  } while (clock.now() < until && !signal.aborted);
  return { searchedTo, atEnd: false };
}
