import type { FeedItem, FeedNews } from '../../domain/feed.ts';
import type { HoldOn } from '../../domain/hold.ts';
import type { EventId } from '../../domain/id.ts';
import type { Run } from '../../domain/run.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';

export async function feedEvent(tx: Transaction, event: EventId, duplicate: boolean): Promise<void> {
  await append(tx, { type: 'event', event, duplicate });
}

export async function feedRun(tx: Transaction, run: Run): Promise<void> {
  const { id, event, rule, status, attempt } = run;
  const outcome = status.state === 'finished' ? status.outcome : null;
  await append(tx, { type: 'run', run: id, event, rule, state: status.state, outcome, attempt });
}

export async function feedHold(tx: Transaction, on: HoldOn, isHeld: boolean, by: string): Promise<void> {
  await append(tx, { type: 'hold', on, isHeld, by });
}

/** Items after a cursor, oldest first. */
export async function feed(
  tx: Transaction,
  from: { readonly after: number; readonly limit: number },
): Promise<readonly FeedItem[]> {
  const rows = await tx.all(itemsAfter, from);
  return rows.map(({ id, at, item }) => {
    const news: FeedNews = JSON.parse(item);
    return { ...news, id, at };
  });
}

/** The newest item's id; 0 when there is none. */
export async function feedEnd(tx: Transaction): Promise<number> {
  return (await first(tx, newest, {}))?.id ?? 0;
}

async function append(tx: Transaction, news: FeedNews): Promise<void> {
  tx.write(insertItem, { at: tx.now, item: JSON.stringify(news) });
}

const insertItem = prepared((db, p: { readonly at: number; readonly item: string }) =>
  db.insertInto('feed').values({ at: p.at, item: p.item }),
);

const itemsAfter = prepared((db, p: { readonly after: number; readonly limit: number }) =>
  db.selectFrom('feed').selectAll().where('id', '>', p.after).orderBy('id').limit(p.limit),
);

const newest = prepared(db => db.selectFrom('feed').select('id').orderBy('id', 'desc').limit(1));
