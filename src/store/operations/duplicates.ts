import type { Duplicate } from '../../contracts/store.ts';
import type { EventId } from '../../domain/id.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';
import { feedEvent } from './feed.ts';

/** Kept per event: a sender that repeats itself for ever must not fill the disk. The feed hears of every one. */
const mostDuplicates = 100;

/** Records a copy with its event. An event that is forgotten already has nowhere to keep it. */
export async function recordDuplicate(
  tx: Transaction,
  copy: { readonly event: EventId; readonly receivedAt: number; readonly conflict: boolean },
): Promise<void> {
  const { event, receivedAt } = copy;
  const found = await first(tx, countOf, { event });
  if (found === undefined) return;
  await feedEvent(tx, event, true);
  if ((found.duplicates ?? 0) < mostDuplicates)
    tx.write(insert, { event, receivedAt, conflict: copy.conflict ? 1 : 0 });
}

/** The recorded copies of some events, oldest first. */
export async function duplicatesOf(
  tx: Transaction,
  events: readonly EventId[],
): Promise<ReadonlyMap<EventId, readonly Duplicate[]>> {
  if (events.length === 0) return new Map();
  const rows = await tx.all(
    prepared(db =>
      db
        .selectFrom('duplicate')
        .select(['event', 'received_at', 'conflict'])
        .where('event', 'in', events)
        .orderBy('seq'),
    ),
    {},
  );
  const duplicates = Map.groupBy(rows, row => row.event);
  return new Map(
    [...duplicates].map(([event, rows]) => [
      event,
      rows.map(row => ({ receivedAt: row.received_at, conflict: row.conflict === 1 })),
    ]),
  );
}

const countOf = prepared((db, p: { readonly event: EventId }) =>
  db
    .selectFrom('event')
    .select(eb =>
      eb
        .selectFrom('duplicate')
        .select(eb => eb.fn.countAll<number>().as('duplicates'))
        .whereRef('duplicate.event', '=', 'event.id')
        .as('duplicates'),
    )
    .where('event.id', '=', p.event),
);

const insert = prepared(
  (db, p: { readonly event: EventId; readonly receivedAt: number; readonly conflict: number }) =>
    db.insertInto('duplicate').values({ event: p.event, received_at: p.receivedAt, conflict: p.conflict }),
);
