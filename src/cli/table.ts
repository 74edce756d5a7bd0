import { type CliIo, print, say } from './io.ts';
import { type Colour, type Mark, paint } from './style.ts';
import { cut, pad, visible, width } from './text.ts';

export interface Column {
  readonly title: string;
  /** Gives way, as far as this many columns, when the terminal is too narrow; null: is never cut (ids, states). */
  readonly shrinksTo: number | null;
}
export interface Cell {
  readonly text: string;
  readonly colour: Colour | undefined;
}

/** Text from anywhere; it is made harmless here. */
export const cell = (text: string | null, colour?: Colour): Cell => ({
  text: visible(text ?? ''),
  colour: text === null ? 'gray' : colour,
});
export const markedCell = (mark: Mark, word: string): Cell => cell(`${mark.symbol} ${word}`, mark.colour);

const gap = '  ';

/** Prints a table; says `empty` instead when there is nothing to show. */
export function printTable(
  io: CliIo,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  empty: string,
): void {
  if (rows.length === 0) say(io, empty);
  else print(io, table(io, columns, rows));
}

/** Aligned lines with a heading, one per row. Where it does not fit, the columns that may shrink give way, widest first. */
export function table(
  io: Pick<CliIo, 'colour' | 'columns'>,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): readonly string[] {
  const natural = columns.map((column, index) =>
    rows.reduce((most, row) => Math.max(most, width(row[index]?.text ?? '')), width(column.title)),
  );
  const widths = fit(columns, natural, io.columns - gap.length * (columns.length - 1));
  const line = (cells: readonly Cell[]) =>
    cells
      .map(({ text, colour }, index) => {
        const columnWidth = widths[index] ?? 0;
        const shown = cut(text, columnWidth);
        // Nothing follows the last column: trailing blanks would only wrap.
        const padding = index === cells.length - 1 ? '' : pad('', columnWidth - width(shown));
        return paint(io, colour, shown) + padding;
      })
      .join(gap)
      .trimEnd();
  return [columns.map(({ title }) => ({ text: title, colour: 'gray' as const })), ...rows].map(line);
}

function fit(columns: readonly Column[], natural: readonly number[], room: number): readonly number[] {
  const widths = natural.map((each, index) =>
    columns[index]?.shrinksTo === null ? each : Math.min(each, room),
  );
  const spare = (index: number) => {
    const least = columns[index]?.shrinksTo ?? null;
    return least === null ? 0 : (widths[index] ?? 0) - least;
  };
  let over = widths.reduce((sum, each) => sum + each, 0) - room;
  while (over > 0) {
    const widest = widths.map((_, index) => index).sort((a, b) => spare(b) - spare(a))[0] ?? 0;
    if (spare(widest) <= 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
  return widths;
}
