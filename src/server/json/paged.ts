import { z } from 'zod';
import type { Page, Paged } from '../../contracts/store.ts';

const defaultLimit = 50;
const mostPerPage = 200;

/** `?limit=&after=` of every list. */
export interface PageQuery {
  readonly limit: number;
  readonly after?: string | undefined;
}

export const pageQuery: {
  readonly limit: z.ZodType<number>;
  readonly after: z.ZodType<string | undefined>;
} = {
  limit: z.coerce.number().int().min(1).max(mostPerPage).default(defaultLimit),
  after: z.string().min(1).max(200).optional().describe('the `next` of the page before'),
};

export const pageOf = ({ limit, after }: PageQuery): Page => ({ limit, after: after ?? null });

/** A page of a list, newest first; `next` is null on the last one. */
export function paged<Item>(item: z.ZodType<Item>): z.ZodType<Paged<Item>> {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** A list that is short enough to be one page always. */
export const wholeList = <Item>(items: readonly Item[]): Paged<Item> => ({ items, next: null });

/** The same page with its items told differently. */
export const mapPage = <A, B>(page: Paged<A>, change: (item: A) => B): Paged<B> => ({
  items: page.items.map(change),
  next: page.next,
});
