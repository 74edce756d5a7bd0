import type { Selectable } from 'kysely';
import type { HoldStore } from '../../contracts/hold-store.ts';
import { type Hold, type HoldOn, nameOf } from '../../domain/hold.ts';
import { prepared } from '../prepared.ts';
import type { HoldTable } from '../schema.ts';
import { first, type Transaction } from '../transaction.ts';
import { feedHold } from './feed.ts';

/** Holds a place, unless somebody does already. Returns the hold that stands. */
export async function hold(tx: Transaction, wanted: Hold): Promise<Hold> {
  const { on, by, at, reason } = wanted;
  const place = { kind: on.kind, name: nameOf(on) };
  if ((await tx.run(insert, { ...place, by_whom: by, at, reason })) > 0) {
    await feedHold(tx, on, true, by);
    return wanted;
  }
  const stands = await first(tx, find, place);
  return stands === undefined ? wanted : holdOf(stands);
}

/** Takes a hold back; undefined when there was none. */
export async function release(
  tx: Transaction,
  { on, by }: { readonly on: HoldOn; readonly by: string },
): Promise<Hold | undefined> {
  const place = { kind: on.kind, name: nameOf(on) };
  const stands = await first(tx, find, place);
  if (stands === undefined) return undefined;
  tx.write(remove, place);
  await feedHold(tx, on, false, by);
  return holdOf(stands);
}

export async function holds(tx: Transaction): Promise<readonly Hold[]> {
  return (await tx.all(all, {})).map(holdOf);
}

/** What of a run's own pool, of its agent and of everything is held now. */
export async function kindsHeld(
  tx: Transaction,
  place: { readonly pool: string; readonly agent: string },
): Promise<readonly HoldOn['kind'][]> {
  return (await tx.all(heldHere, place)).map(({ kind }) => kind);
}

export async function poolCounts(tx: Transaction): ReturnType<HoldStore['poolCounts']> {
  const rows = await tx.all(countPools, {});
  const of = (pool: string, state: string) =>
    rows.find(row => row.pool === pool && row.state === state)?.count ?? 0;
  const pools = [...new Set(rows.map(({ pool }) => pool))].sort();
  return pools.map(pool => ({ pool, queued: of(pool, 'queued'), running: of(pool, 'running') }));
}

function holdOf({ kind, name, by_whom: by, at, reason }: Selectable<HoldTable>): Hold {
  return { on: kind === 'everything' ? { kind } : { kind, name }, by, at, reason };
}

type Place = Pick<HoldTable, 'kind' | 'name'>;

const insert = prepared((db, p: Selectable<HoldTable>) =>
  db
    .insertInto('hold')
    .values({ kind: p.kind, name: p.name, by_whom: p.by_whom, at: p.at, reason: p.reason })
    .onConflict(on => on.doNothing()),
);

const find = prepared((db, p: Place) =>
  db.selectFrom('hold').selectAll().where('kind', '=', p.kind).where('name', '=', p.name),
);

const remove = prepared((db, p: Place) =>
  db.deleteFrom('hold').where('kind', '=', p.kind).where('name', '=', p.name),
);

const all = prepared(db => db.selectFrom('hold').selectAll().orderBy('at').orderBy('kind').orderBy('name'));

const heldHere = prepared((db, p: { readonly pool: string; readonly agent: string }) =>
  db
    .selectFrom('hold')
    .select('kind')
    .where(eb =>
      eb.or([
        eb('kind', '=', 'everything'),
        eb.and([eb('kind', '=', 'pool'), eb('name', '=', p.pool)]),
        eb.and([eb('kind', '=', 'agent'), eb('name', '=', p.agent)]),
      ]),
    ),
);

const countPools = prepared(db =>
  db
    .selectFrom('run')
    .select(eb => ['state', 'pool', eb.fn.countAll<number>().as('count')])
    .where('state', 'in', ['queued', 'running'])
    .groupBy(['state', 'pool']),
);
