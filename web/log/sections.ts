import { readStepLine } from '../../src/domain/step.ts';
import type { LogMark } from '../wire.ts';
import { beginsAttempt } from './own-words.ts';

/** Lines that belong together, below a line that says what they are. */
export interface Section {
  /** The line with its title. */
  readonly start: number;
  /** Its last line; of one that has not ended, null. */
  readonly end: number | null;
  /** Its last line is a mark that says nothing. */
  readonly isClosed: boolean;
  readonly title: string;
  readonly folded: boolean;
  readonly depth: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

interface Open {
  readonly mark: Extract<LogMark, { kind: 'open' }>;
  folded: boolean;
  readonly isStep: boolean;
}

/**
 * The sections of a log, in the order of their titles. What signalbox itself says ends all those of the job, so that none
 * can fold it away; the steps that it tells of are sections of their own, around those of the job, and last until they end
 * or another follows. One that has not ended is not folded: somebody waits for what comes in it.
 */
export function sectionsOf(marks: readonly LogMark[]): readonly Section[] {
  const found: Section[] = [];
  const open: Open[] = [];

  /** Ends the sections from one of the open ones on. */
  const end = (from: number, line: number, at: string, isClosed: boolean): void => {
    while (open.length > from) {
      const section = open.pop();
      if (section === undefined) return;
      const isIts = isClosed && open.length === from;
      found.push({
        start: section.mark.seq,
        end: isIts ? line : line - 1,
        isClosed: isIts,
        title: section.mark.title,
        folded: section.folded,
        depth: open.length,
        startedAt: section.mark.at,
        endedAt: at,
      });
    }
  };
  const latest = (until: string | null): number => open.findLastIndex(({ mark }) => mark.until === until);

  for (const mark of marks)
    switch (mark.kind) {
      case 'open':
        if (mark.until === null && latest(null) >= 0) end(latest(null), mark.seq, mark.at, false);
        open.push({ mark, folded: mark.folded, isStep: false });
        break;
      case 'close':
        if (latest(mark.until) >= 0) end(latest(mark.until), mark.seq, mark.at, true);
        break;
      case 'reopen': {
        const section = open[latest(null)];
        if (section !== undefined) section.folded = false;
        break;
      }
      case 'system': {
        const step = readStepLine(mark.text);
        if (step === null) {
          const inStep = open.findLastIndex(({ isStep }) => isStep) + 1;
          end(beginsAttempt(mark.text) ? 0 : inStep, mark.seq, mark.at, false);
          break;
        }
        const until = `step ${step.id}`;
        if (step.status !== 'end') {
          end(0, mark.seq, mark.at, false);
          const title = { ...mark, kind: 'open', title: step.name, folded: false, until } as const;
          open.push({ mark: title, folded: false, isStep: true });
        } else if (latest(until) >= 0) end(latest(until), mark.seq, mark.at, true);
      }
    }

  for (const [depth, { mark }] of open.entries())
    found.push({
      start: mark.seq,
      end: null,
      isClosed: false,
      title: mark.title,
      folded: false,
      depth,
      startedAt: mark.at,
      endedAt: null,
    });
  return found.toSorted((a, b) => a.start - b.start);
}
