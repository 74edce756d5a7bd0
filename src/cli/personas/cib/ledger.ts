import type { z } from 'zod';
import type { Paged } from '../../../contracts/store.ts';
import { paged } from '../../../server/json/paged.ts';
import type { Api } from '../../client.ts';

/** A list of the API, kept as it was read: of each look only what has changed since is asked for. */
export interface Ledger<Item> {
  /** Newest first. */
  look(): Promise<readonly Item[]>;
}

/** The most that the API gives at once. */
const perPage = 200;
/** Of older ones people look at the page of the admin door. */
const mostItems = 10_000;

/** `isSettled`: it stays as it is. */
export function createLedger<Item extends { readonly id: string }>(
  api: Pick<Api, 'get'>,
  path: string,
  item: z.ZodType<Item>,
  isSettled: (item: Item) => boolean,
): Ledger<Item> {
  let kept: ReadonlyMap<string, Item> = new Map();

  async function look(): Promise<readonly Item[]> {
    const open = new Set([...kept.values()].filter(each => !isSettled(each)).map(({ id }) => id));
    const read = new Map<string, Item>();
    for (let after: string | null = null; ; ) {
      const { items, next }: Paged<Item> = await readPage(api, path, item, after);
      const isKnown = items.every(({ id }) => kept.has(id));
      for (const each of items) {
        read.set(each.id, each);
        open.delete(each.id);
      }
      if (next === null || read.size >= mostItems) kept = read;
      // What follows is as it was.
      else if (isKnown && open.size === 0)
        kept = new Map([...read, ...[...kept].filter(([id]) => !read.has(id))]);
      else {
        after = next;
        continue;
      }
      return [...kept.values()];
    }
  }

  return { look };
}

export async function readPage<Item>(
  api: Pick<Api, 'get'>,
  path: string,
  item: z.ZodType<Item>,
  after: string | null,
): Promise<Paged<Item>> {
  return (await api.get(path, paged(item), { limit: perPage, after: after ?? undefined })).value;
}
