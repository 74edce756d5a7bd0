import type { Page, Paged } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';

/** Where a page begins, parsed; null when it is the first one. */
export function cursorOf<Cursor>(page: Page, parse: (text: string) => Cursor | undefined): Cursor | null {
  if (page.after === null) return null;
  const cursor = parse(page.after);
  if (cursor === undefined)
    throw new SignalboxError(
      'invalid',
      `"${page.after}" is no cursor of this list: use the \`next\` of a page`,
    );
  return cursor;
}

/** A page of rows of which one more than `limit` was asked for, to see whether there are more. */
export function pageOf<Row>(rows: readonly Row[], limit: number, cursor: (row: Row) => string): Paged<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursor(last) : null };
}
