import { quiet } from './quiet.ts';
import type { Bench, Figures, Line, Row } from './row.ts';

/** A row's answers. */
export interface Measured {
  readonly row: Row;
  /** By contender, one entry per repetition. */
  readonly repetitions: ReadonlyMap<string, readonly Figures[]>;
  /** How busy the machine was with other things before each measurement; 1 is all of its cores. */
  readonly noise: readonly number[];
}

export interface HowOften {
  readonly repetitions: number;
  /** What else runs on the machine may take this long to end before a measurement begins all the same; 0: nobody looks. */
  readonly patienceMs: number;
}

/** Measures each contender of a row so many times, in turn; every other time in the opposite order. */
export async function measure(
  row: Row,
  bench: Bench,
  { repetitions, patienceMs }: HowOften,
): Promise<Measured> {
  await using opened = new AsyncDisposableStack();
  const contenders = Object.entries(await row.open(bench, opened));
  const found = new Map<string, Figures[]>(contenders.map(([name]) => [name, []]));
  const noise: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const [name, measureOnce] of repetition % 2 === 0 ? contenders : contenders.toReversed()) {
      if (patienceMs > 0) noise.push(await quiet(patienceMs, bench.signal));
      found.get(name)?.push(await measureOnce());
    }
  }
  return { row, repetitions: found, noise };
}

/** A line with its medians. */
export interface Judged {
  readonly line: Line;
  readonly ours: readonly number[];
  readonly theirs: readonly number[] | null;
  readonly ourMedian: number;
  readonly theirMedian: number | null;
  /** Of the medians; null when it is compared with nothing. */
  readonly ratio: number | null;
  /** Null when there was no aim. */
  readonly reached: boolean | null;
}

export function judge({ row, repetitions }: Measured): readonly Judged[] {
  return row.lines.map(line => {
    const values = (contender: string) =>
      (repetitions.get(contender) ?? []).flatMap(figures => figures[line.figure] ?? []);
    const ours = values(line.of);
    const theirs = line.against === null ? null : values(line.against);
    const ourMedian = median(ours);
    const theirMedian = theirs && median(theirs);
    const ratio = theirMedian === null ? null : ourMedian / theirMedian;
    return { line, ours, theirs, ourMedian, theirMedian, ratio, reached: reached(line, ratio ?? ourMedian) };
  });
}

function reached({ aim }: Line, value: number): boolean | null {
  if (aim === null) return null;
  return aim.is === 'at least' ? value >= aim.value : value <= aim.value;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
