import type { EventDetail, EventFilter, EventSummary, Page, Paged } from '../../contracts/store.ts';
import type { Event } from '../../domain/event.ts';
import type { Explanation } from '../../domain/explanation.ts';
import { type EventId, parseEventId, type RunId } from '../../domain/id.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';
import { authenticationsOf, delivery } from './deliveries.ts';
import { duplicatesOf } from './duplicates.ts';
import { cursorOf, pageOf } from './page.ts';

/** A page of events, newest first, with what every rule said. */
export async function events(
  tx: Transaction,
  { filter, page }: { readonly filter: EventFilter; readonly page: Page },
): Promise<Paged<EventSummary>> {
  const rows = await tx.all(newestFirst(filter, cursorOf(page, parseEventId), page.limit + 1), {});
  const { items, next } = pageOf(rows, page.limit, row => row.id);
  const ids = items.map(({ id }) => id);
  const runs = await runsOf(tx, ids);
  const duplicates = await duplicatesOf(tx, ids);
  const authentications = await authenticationsOf(
    tx,
    items.flatMap(row => row.delivery ?? []),
  );
  return {
    items: items.map(row => ({
      event: eventOf(row.data),
      verdicts: verdictsOf(row.verdicts).map(verdict => ({
        ...verdict,
        runs: runsOfRule(runs.get(row.id), verdict.rule),
      })),
      duplicates: duplicates.get(row.id) ?? [],
      authentication: (row.delivery && authentications.get(row.delivery)) ?? null,
    })),
    next,
  };
}

/** All that is known of an event. */
export async function event(tx: Transaction, id: EventId): Promise<EventDetail | undefined> {
  const row = await first(tx, find, { id });
  if (row === undefined) return undefined;
  const found = eventOf(row.data);
  const explanations: readonly Explanation[] = JSON.parse(row.explanations);
  const runs = await runsOf(tx, [id]);
  const duplicates = await duplicatesOf(tx, [id]);
  return {
    event: found,
    verdicts: verdictsOf(row.verdicts).flatMap((verdict, index) => {
      const explanation = explanations[index];
      return explanation === undefined
        ? []
        : [{ ...verdict, explanation, runs: runsOfRule(runs.get(id), verdict.rule) }];
    }),
    duplicates: duplicates.get(id) ?? [],
    delivery: (found.delivery && (await delivery(tx, found.delivery))) ?? null,
  };
}

/** The event alone. */
export async function bareEvent(tx: Transaction, id: EventId): Promise<Event | undefined> {
  const row = await first(tx, findBare, { id });
  return row && eventOf(row.data);
}

/** The latest repository of that name that an event came from. */
export async function repo(tx: Transaction, name: string): Promise<Event['repo']> {
  const row = await first(tx, latestOfRepo, { name });
  return row === undefined ? null : eventOf(row.data).repo;
}

/** The names of the repositories that events of a source came from: one step in the index for each, however many events there are. */
export async function repos(
  tx: Transaction,
  { source, limit }: { readonly source: string; readonly limit: number },
): Promise<readonly string[]> {
  const names: string[] = [];
  for (let after = ''; names.length < limit; ) {
    const next = (await first(tx, nextRepo, { after }))?.repo ?? null;
    if (next === null) break;
    if ((await first(tx, anyFrom, { repo: next, source })) !== undefined) names.push(next);
    after = next;
  }
  return names;
}

type RunOfEvent = { readonly id: RunId; readonly rule: string };

async function runsOf(
  tx: Transaction,
  events: readonly EventId[],
): Promise<ReadonlyMap<EventId, readonly RunOfEvent[]>> {
  if (events.length === 0) return new Map();
  const rows = await tx.all(
    prepared(db =>
      db.selectFrom('run').select(['event', 'id', 'rule']).where('event', 'in', events).orderBy('id'),
    ),
    {},
  );
  return Map.groupBy(rows, row => row.event);
}

const runsOfRule = (runs: readonly RunOfEvent[] = [], rule: string): readonly RunId[] =>
  runs.filter(run => run.rule === rule).map(({ id }) => id);

/** Old rows know of no calls, of no Radicle, and of no pipelines. */
export function eventOf(data: string): Event {
  const event: Event = JSON.parse(data);
  return {
    ...event,
    call: event.call ?? null,
    radicle: event.radicle ?? null,
    pipeline: event.pipeline ?? null,
  };
}

function verdictsOf(data: string): readonly Omit<Verdict, 'explanation'>[] {
  return JSON.parse(data);
}

// The ids first, from an index alone: checking a further filter must not read the rows that it sorts out.
const newestFirst = (filter: EventFilter, after: EventId | null, limit: number) =>
  prepared(db =>
    db
      .selectFrom('event')
      .select(['id', 'delivery', 'data', 'verdicts'])
      .where('id', 'in', eb =>
        eb
          .selectFrom('event')
          .select('id')
          .$if(filter.repo !== null, q => q.where('repo', '=', filter.repo))
          .$if(filter.type !== null, q => q.where('type', '=', filter.type))
          .$if(filter.source !== null, q => q.where('source', '=', filter.source))
          .$if(after !== null, q => q.where('id', '<', after))
          .orderBy('id', 'desc')
          .limit(limit),
      )
      .orderBy('id', 'desc'),
  );

const find = prepared((db, p: { readonly id: EventId }) =>
  db.selectFrom('event').select(['data', 'verdicts', 'explanations']).where('id', '=', p.id),
);

const findBare = prepared((db, p: { readonly id: EventId }) =>
  db.selectFrom('event').select('data').where('id', '=', p.id),
);

const latestOfRepo = prepared((db, p: { readonly name: string }) =>
  db.selectFrom('event').select('data').where('repo', '=', p.name).orderBy('id', 'desc').limit(1),
);

const nextRepo = prepared((db, p: { readonly after: string }) =>
  db.selectFrom('event').select('repo').where('repo', '>', p.after).orderBy('repo').limit(1),
);

const anyFrom = prepared((db, p: { readonly repo: string; readonly source: string }) =>
  db.selectFrom('event').select('id').where('repo', '=', p.repo).where('source', '=', p.source).limit(1),
);
