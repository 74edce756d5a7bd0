import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page, Paged } from '../contracts/store.ts';
import { sift } from './sift.ts';

/** A list of the numbers below `from`, greatest first. */
function numbers(from: number): (page: Page) => Promise<Paged<number>> {
  return async ({ limit, after }) => {
    const first = (after === null ? from : Number(after)) - 1;
    const items = Array.from({ length: Math.min(limit, first + 1) }, (_, n) => first - n);
    const last = items.at(-1) ?? 0;
    return { items, next: last > 0 ? String(last) : null };
  };
}

async function all(from: number, limit: number, isWanted: (item: number) => boolean) {
  const pages: (readonly number[])[] = [];
  let after: string | null = null;
  do {
    const page: Paged<number> = await sift(numbers(from), { limit, after }, isWanted);
    pages.push(page.items);
    after = page.next;
  } while (after !== null);
  return pages;
}

test('all that is wanted is found once, in order, in pages that are never too long', async () => {
  for (const limit of [1, 7, 50]) {
    const pages = await all(1_000, limit, item => item % 3 === 0);
    assert.ok(pages.every(page => page.length <= limit));
    assert.deepEqual(
      pages.flat(),
      Array.from({ length: 334 }, (_, n) => 999 - 3 * n),
    );
  }
});

test('a page is not looked for without end', async () => {
  const pages = await all(10_000, 50, item => item === 1);
  assert.deepEqual(pages.flat(), [1]);
  assert.ok(pages.length > 3 && pages.length <= 6);
});
