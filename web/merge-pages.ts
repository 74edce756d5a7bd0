import type { Paged } from './wire.ts';

/** A list that is longer begins anew with its first page: a window may stay open for weeks. */
const mostItems = 500;

/** The first page, read again, above what was listed before, when the two join; else alone. */
export function mergePages<Item extends { readonly id: string }>(
  first: Paged<Item>,
  before: Paged<Item> | null,
): Paged<Item> {
  const fresh = new Set(first.items.map(item => item.id));
  const rest = before?.items.filter(item => !fresh.has(item.id)) ?? [];
  const joins = before !== null && rest.length < before.items.length;
  if (!joins || rest.length === 0 || rest.length + fresh.size > mostItems) return first;
  return { items: [...first.items, ...rest], next: before.next };
}
