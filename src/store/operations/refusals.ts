import type { Page, Paged } from '../../contracts/store.ts';
import type { RefusedDelivery } from '../../domain/delivery.ts';
import { prepared } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';
import { cursorOf, pageOf } from './page.ts';

/** Enough to find out what a sender did wrong; more would let strangers fill the disk. */
const mostRefusals = 10_000;

/** Adds refusals and drops the oldest beyond the limit. */
export async function addRefusals(tx: Transaction, refusals: readonly RefusedDelivery[]): Promise<void> {
  for (const refusal of refusals) tx.write(insert, { data: JSON.stringify(refusal) });
  tx.write(dropOldest, { most: mostRefusals });
}

/** A page of refusals, newest first. */
export async function refusals(tx: Transaction, page: Page): Promise<Paged<RefusedDelivery>> {
  const before = cursorOf(page, parseSeq) ?? Number.MAX_SAFE_INTEGER;
  const rows = await tx.all(newestFirst, { before, limit: page.limit + 1 });
  const { items, next } = pageOf(rows, page.limit, row => String(row.seq));
  return { items: items.map(({ data }): RefusedDelivery => JSON.parse(data)), next };
}

const parseSeq = (text: string): number | undefined =>
  /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;

const insert = prepared((db, p: { readonly data: string }) =>
  db.insertInto('refusal').values({ data: p.data }),
);

const dropOldest = prepared((db, p: { readonly most: number }) =>
  db
    .deleteFrom('refusal')
    .where('seq', '<=', eb =>
      eb.selectFrom('refusal').select(eb => eb(eb.fn.max('seq'), '-', p.most).as('seq')),
    ),
);

const newestFirst = prepared((db, p: { readonly before: number; readonly limit: number }) =>
  db.selectFrom('refusal').selectAll().where('seq', '<', p.before).orderBy('seq', 'desc').limit(p.limit),
);
