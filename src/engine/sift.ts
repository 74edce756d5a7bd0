import type { Page, Paged } from '../contracts/store.ts';

/** Items that one page may cost: what nobody indexed is looked for among the newest, and further on when asked again. */
const mostSeen = 2_000;

/**
 * A page of the items that are wanted, of a list that cannot be asked for them alone. It may have fewer items than its
 * limit, or none, and still a `next`: so far was looked.
 */
export async function sift<Item>(
  read: (page: Page) => Promise<Paged<Item>>,
  { limit, after }: Page,
  isWanted: (item: Item) => boolean,
): Promise<Paged<Item>> {
  const found: Item[] = [];
  let next = after;
  let seen = 0;
  do {
    // As many as there is room for, so that all of a page is taken and its own `next` is ours.
    const page = await read({ limit: limit - found.length, after: next });
    found.push(...page.items.filter(isWanted));
    seen += page.items.length;
    next = page.next;
  } while (next !== null && seen < mostSeen && found.length < limit / 2);
  return { items: found, next };
}
