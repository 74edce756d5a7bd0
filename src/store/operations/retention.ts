import type { ExpressionBuilder } from 'kysely';
import type { DeliveryId, EventId, RunId } from '../../domain/id.ts';
import { prepared } from '../prepared.ts';
import type { Schema } from '../schema.ts';
import { first, type Transaction } from '../transaction.ts';

interface Forgettable {
  readonly events: readonly EventId[];
  readonly runs: readonly RunId[];
}

/** Events received before, oldest first, none of whose runs is still to end; and all their runs. */
export async function forgettable(
  tx: Transaction,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<Forgettable> {
  const events = (await tx.all(finishedBefore, { before, limit })).map(({ id }) => id);
  if (events.length === 0) return { events, runs: [] };
  const runs = await tx.all(
    prepared(db => db.selectFrom('run').select('id').where('event', 'in', events)),
    {},
  );
  return { events, runs: runs.map(({ id }) => id) };
}

/** Forgets these events with all that hangs on them; one that has got a new run meanwhile stays. Returns how many went. */
export async function forgetEvents(tx: Transaction, events: readonly EventId[]): Promise<number> {
  let forgotten = 0;
  for (const id of events) {
    const row = await first(tx, deliveryOf, { id });
    forgotten += await tx.run(removeEvent, { id });
    const delivery = row?.delivery ?? null;
    if (delivery !== null) tx.write(removeDelivery, { id: delivery });
  }
  return forgotten;
}

/**
 * Forgets delivery ids and feed items from before, oldest first, up to `limit` of each; returns the greater number.
 * The newest feed item always stays: the next one's number must be greater.
 */
export async function forgetDeliveryIds(
  tx: Transaction,
  old: { readonly before: number; readonly limit: number },
): Promise<number> {
  const ids = await tx.run(removeDeliveryIds, old);
  const items = await tx.run(removeFeedItems, old);
  return Math.max(ids, items);
}

/** None of the event's runs is still to end. Who has waited for an approval for so long will not get one. */
const isOver = (eb: ExpressionBuilder<Schema, 'event'>) =>
  eb.not(
    eb.exists(
      eb
        .selectFrom('run')
        .select('run.id')
        .whereRef('run.event', '=', 'event.id')
        .where('run.state', 'in', ['queued', 'running']),
    ),
  );

type Old = { readonly before: number; readonly limit: number };

const finishedBefore = prepared((db, p: Old) =>
  db
    .selectFrom('event')
    .select('id')
    .where('received_at', '<', p.before)
    .where(isOver)
    .orderBy('received_at')
    .limit(p.limit),
);

const deliveryOf = prepared((db, p: { readonly id: EventId }) =>
  db.selectFrom('event').select('delivery').where('id', '=', p.id),
);

// Runs, attempts, reports and duplicates go with their event.
const removeEvent = prepared((db, p: { readonly id: EventId }) =>
  db.deleteFrom('event').where('id', '=', p.id).where(isOver),
);

// A replay shares the bytes of its original.
const removeDelivery = prepared((db, p: { readonly id: DeliveryId }) =>
  db
    .deleteFrom('delivery')
    .where('id', '=', p.id)
    .where(eb =>
      eb.not(
        eb.exists(eb.selectFrom('event').select('event.id').whereRef('event.delivery', '=', 'delivery.id')),
      ),
    ),
);

const removeDeliveryIds = prepared((db, p: Old) =>
  db
    .deleteFrom('delivery_id')
    .where(eb =>
      eb(
        eb.refTuple('source', 'delivery_id'),
        'in',
        eb
          .selectFrom('delivery_id')
          .select(['source', 'delivery_id'])
          .where('received_at', '<', p.before)
          .orderBy('received_at')
          .limit(p.limit)
          .$asTuple('source', 'delivery_id'),
      ),
    ),
);

const removeFeedItems = prepared((db, p: Old) =>
  db
    .deleteFrom('feed')
    .where('id', 'in', eb => eb.selectFrom('feed').select('id').orderBy('id').limit(p.limit))
    .where('at', '<', p.before)
    .where('id', '<', eb => eb.selectFrom('feed').select(eb => eb.fn.max('id').as('id'))),
);
