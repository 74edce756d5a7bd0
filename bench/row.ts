/** What one measurement found, by name: `perSecond`, `p99Ms`, … */
export type Figures = Readonly<Record<string, number>>;

/** Takes one measurement of a contender, a few seconds long. */
export type Measure = () => Promise<Figures>;

export interface Bench {
  /** How long each measurement lasts. */
  readonly seconds: number;
  /** How long a contender is kept busy before it is measured, so that compilers and caches have settled. */
  readonly warmUpSeconds: number;
  /** How many events a long history has. */
  readonly manyEvents: number;
  /** How much a process holds that has grown. */
  readonly heldMb: number;
  /** How much a child prints that prints much. */
  readonly printedMb: number;
  /** A directory for what the row writes; it is removed in the end. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** One line of the table: a figure of one contender, compared with another's or judged by itself. */
export interface Line {
  readonly what: string;
  readonly unit: string;
  readonly figure: string;
  readonly of: string;
  /** Null: judged by itself. */
  readonly against: string | null;
  /** What the ratio (or the figure itself) should be; null where there is nothing to aim at. */
  readonly aim: Aim | null;
}
export interface Aim {
  readonly is: 'at least' | 'at most';
  readonly value: number;
}

/** A question, and who is asked. */
export interface Row {
  readonly name: string;
  readonly title: string;
  /** Programs without which it cannot be asked. */
  readonly programs: readonly string[];
  readonly lines: readonly Line[];
  /** Prepares the contenders; what has to be ended afterwards goes onto the stack. */
  open(bench: Bench, opened: AsyncDisposableStack): Promise<Readonly<Record<string, Measure>>>;
}

export const atLeast = (value: number): Aim => ({ is: 'at least', value });
export const atMost = (value: number): Aim => ({ is: 'at most', value });
