import type { KnownLog, LogNews } from '../../contracts/provider.ts';
import { createTerminalLines } from '../../lib/terminal-lines.ts';
import { countLines, type Printed } from './printed.ts';

/** The log of one job, read piece by piece. */
export interface JobLog {
  /** What has been read of it. */
  readonly known: KnownLog;
  /** What has come, as what is to be printed now. */
  take(news: Exclude<LogNews, { result: 'unreadable' }>): JobLines;
  /** No more will come: what is left. */
  end(): JobLines;
}

export interface JobLines {
  /** What was printed of it is not how it begins (any more): these lines are its first ones again. */
  readonly isNewStart: boolean;
  readonly lines: readonly string[];
}

/** Enough bytes to tell one log from another; agents write the time into every line. */
const tailBytes = 256;

const newStart = 'the log of this step has become another one: it starts again here';
export const newStartLine: string = newStart;
export const isNewStart = (line: string): boolean => line === newStart;

/**
 * `printed` is what a former attempt has printed of it. As long as the log begins with that, it is not printed again; where
 * it does not, all of it is.
 */
export function createJobLog(printed: Printed): JobLog {
  let terminal = createTerminalLines();
  let known: KnownLog = { bytes: 0, tail: new Uint8Array() };
  let count = countLines();
  /** What has to come first, and lines that may turn out to be that. */
  let expected: Printed | null = printed.lines === 0 ? null : printed;
  let held: string[] = [];

  function print(lines: readonly string[]): JobLines {
    if (expected === null) {
      for (const line of lines) count.add(line);
      return { isNewStart: false, lines };
    }
    const missing = expected.lines - held.length;
    for (const line of lines.slice(0, missing)) count.add(line);
    held.push(...lines.slice(0, missing));
    if (held.length < expected.lines) return nothing;
    const isSame = count.now().digest === expected.digest;
    const rest = lines.slice(missing);
    for (const line of rest) count.add(line);
    return isSame ? released({ isNewStart: false, lines: rest }) : released(startAgain(rest));
  }

  const startAgain = (rest: readonly string[]): JobLines => ({ isNewStart: true, lines: [...held, ...rest] });

  function released(lines: JobLines): JobLines {
    expected = null;
    held = [];
    return lines;
  }

  return {
    get known() {
      return known;
    },
    take: news => {
      if (news.result === 'another') {
        expected ??= count.now().lines === 0 ? null : count.now();
        count = countLines();
        held = [];
        terminal = createTerminalLines();
        known = { bytes: 0, tail: new Uint8Array() };
      }
      const { bytes } = news;
      const tail = Buffer.concat([known.tail, bytes.subarray(-tailBytes)]).subarray(-tailBytes);
      known = { bytes: known.bytes + bytes.length, tail: Uint8Array.from(tail) };
      return print(terminal.push(bytes));
    },
    end: () => {
      const last = print(terminal.end());
      // Shorter than what was printed of it: it cannot be the same.
      return expected === null ? last : released(startAgain([]));
    },
  };
}

const nothing: JobLines = { isNewStart: false, lines: [] };
