import type { Section } from './sections.ts';

/** Which lines of a log are drawn: rows are counted from 0, lines from 1. */
export interface Rows {
  readonly count: number;
  /** The line in a row. */
  lineOf(row: number): number;
  /** The row of a line; of a hidden one, of the line above it that is drawn. */
  rowOf(line: number): number;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Rows for all lines of a log but those of folded sections, and the marks that close the others. */
export function rowsOf(
  newest: number,
  sections: readonly Section[],
  isFolded: (section: Section) => boolean,
): Rows {
  const hidden = merged(
    sections.flatMap(section => {
      const last = section.end ?? newest;
      if (isFolded(section)) return last > section.start ? [{ first: section.start + 1, last }] : [];
      return section.isClosed ? [{ first: last, last }] : [];
    }),
  );
  /** Of each hidden range, how many lines are hidden before it. */
  const before: number[] = [];
  let total = 0;
  for (const { first, last } of hidden) {
    before.push(total);
    total += last - first + 1;
  }

  return {
    count: newest - total,
    lineOf(row) {
      const at = countWhere(hidden.length, n => (hidden[n]?.first ?? 0) - (before[n] ?? 0) <= row + 1);
      const range = hidden[at - 1];
      return row + 1 + (range === undefined ? 0 : (before[at - 1] ?? 0) + range.last - range.first + 1);
    },
    rowOf(line) {
      const at = countWhere(hidden.length, n => (hidden[n]?.first ?? 0) <= line);
      const range = hidden[at - 1];
      if (range === undefined) return line - 1;
      const above = before[at - 1] ?? 0;
      return line <= range.last
        ? Math.max(0, range.first - above - 2)
        : line - 1 - above - (range.last - range.first + 1);
    },
  };
}

/** Ranges in order, those that touch or overlap as one. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const found: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = found.at(-1);
    if (before !== undefined && range.first <= before.last + 1)
      found[found.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
    else found.push(range);
  }
  return found;
}

/** How many of the first numbers below `end` pass, where those that pass come first. */
function countWhere(end: number, passes: (n: number) => boolean): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
