import { useMemo, useState } from 'preact/hooks';
import type { LineRange } from '../route.ts';
import type { LogMark } from '../wire.ts';
import { type Rows, rowsOf } from './rows.ts';
import { type Section, sectionsOf } from './sections.ts';

/** The sections of a log, and which of them are folded now. */
export interface Folds {
  readonly sections: readonly Section[];
  readonly rows: Rows;
  /** The section whose title stands in a line. */
  sectionAt(line: number): Section | undefined;
  readonly isFolded: (section: Section) => boolean;
  toggle(section: Section): void;
  foldAll(isFolded: boolean): void;
  /** Unfolds what hides a line, and what would when more of the log is known. */
  open(line: number): void;
}

/** `marked` lines are not folded away of their own accord. */
export function useFolds(marks: readonly LogMark[], newest: number, marked: LineRange | null): Folds {
  const [chosen, choose] = useState<ReadonlyMap<number, boolean>>(new Map());
  const [opened, look] = useState<ReadonlySet<number>>(new Set());
  const sections = useMemo(() => sectionsOf(marks), [marks]);
  const byLine = useMemo(() => new Map(sections.map(section => [section.start, section])), [sections]);
  const isLookedAt = (section: Section): boolean =>
    (marked !== null && holds(section, marked)) || [...opened].some(line => holds(section, rangeOf(line)));
  const isFolded = (section: Section): boolean =>
    chosen.get(section.start) ?? (section.folded && !isLookedAt(section));
  const rows = useMemo(() => rowsOf(newest, sections, isFolded), [newest, sections, chosen, opened, marked]);
  const set = (some: readonly Section[], folded: boolean): void =>
    choose(before => new Map([...before, ...some.map(({ start }) => [start, folded] as const)]));
  return {
    sections,
    rows,
    sectionAt: line => byLine.get(line),
    isFolded,
    toggle: section => set([section], !isFolded(section)),
    foldAll: folded => set(sections, folded),
    open(line) {
      const hiding = sections.filter(section => isFolded(section) && holds(section, rangeOf(line)));
      if (hiding.length > 0) set(hiding, false);
      if (!opened.has(line)) look(new Set([...opened, line].slice(-mostOpened)));
    },
  };
}

/** Of the lines that somebody has looked at, as many are remembered: what structures a log is known soon. */
const mostOpened = 100;

const rangeOf = (line: number): LineRange => ({ first: line, last: line });

/** Whether some of the lines stand below the section's title. */
function holds({ start, end }: Section, { first, last }: LineRange): boolean {
  return last > start && (end === null || first <= end);
}
