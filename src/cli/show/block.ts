import type { CliIo } from '../io.ts';
import { type Colour, type Mark, paint } from '../style.ts';
import { visible, wrap } from '../text.ts';

type Page = Pick<CliIo, 'columns' | 'colour'>;

/** Longer lines of prose are hard to read, however wide the terminal. */
const widestProse = 100;
/** An indented tree must not be squeezed to nothing. */
const narrowestProse = 24;

/** Text from anywhere as lines that fit, made harmless, each behind the indent. */
export function prose(page: Page, indent: string, text: string, colour?: Colour): readonly string[] {
  return wrap(visible(text), room(page, indent.length)).map(line => indent + paint(page, colour, line));
}

/** The same behind a mark; what does not fit on the first line stands under its text. */
export function marked(
  page: Page,
  indent: string,
  mark: Mark,
  text: string,
  colour?: Colour,
): readonly string[] {
  const hanging = `${indent}  `;
  return wrap(visible(text), room(page, hanging.length)).map((line, index) =>
    index === 0
      ? `${indent}${paint(page, mark.colour, mark.symbol)} ${paint(page, colour, line)}`
      : hanging + paint(page, colour, line),
  );
}

/** `name  value` lines, the values under each other; rows without a value are left out. */
export function pairs(
  page: Page,
  rows: readonly (readonly [name: string, value: string | null])[],
): readonly string[] {
  const present = rows.flatMap(([name, value]) => (value === null || value === '' ? [] : [{ name, value }]));
  const column = Math.max(0, ...present.map(({ name }) => name.length)) + 2;
  return present.flatMap(({ name, value }) =>
    wrap(visible(value), room(page, column)).map((line, index) =>
      index === 0
        ? paint(page, 'gray', name) + ' '.repeat(column - name.length) + line
        : ' '.repeat(column) + line,
    ),
  );
}

const room = (page: Page, taken: number): number =>
  page.columns === Number.POSITIVE_INFINITY
    ? page.columns
    : Math.max(narrowestProse, Math.min(page.columns, widestProse) - taken);
