import { create } from '@atcute/tid';
import type { Insertable } from 'kysely';
import type { Announcement, NewAnnouncement, PipelineStore } from '../../contracts/pipeline-store.ts';
import { prepared } from '../prepared.ts';
import type { AnnouncementTable } from '../schema.ts';
import { first, type Transaction } from '../transaction.ts';
import { setPosition } from './positions.ts';

/** As many as fit into 63 bits. */
const digits = 19;
/** Places in the stream are whole microseconds: those name them as TIDs, so none is given twice either. */
const nanosPerMicro = 1_000n;
const nanosPerMilli = 1_000_000n;

/** Adds what was not added before, and stores the position. Returns how many were new. */
export async function announce(
  tx: Transaction,
  {
    records,
    position,
  }: {
    readonly records: readonly NewAnnouncement[];
    readonly position: Parameters<PipelineStore['announce']>[1];
  },
): Promise<number> {
  await setPosition(tx, position);
  let created = await nextPlace(tx);
  let added = 0;
  for (const { cause, nsid, rkey, record } of records) {
    const isNew = await tx.run(insert, {
      created: textOf(created),
      cause,
      nsid,
      rkey: rkey ?? create(Number(created / nanosPerMicro), 0),
      record: JSON.stringify(record),
    });
    if (isNew === 0) continue;
    added++;
    created += nanosPerMicro;
  }
  return added;
}

/** Records after a place in the stream, oldest first. A row whose place cannot be read is in no stream. */
export async function announcements(
  tx: Transaction,
  { after, limit }: { readonly after: bigint; readonly limit: number },
): Promise<readonly Announcement[]> {
  const rows = await tx.all(recordsAfter, { after: textOf(after), limit });
  return rows.flatMap(({ created, rkey, nsid, record }) =>
    /^\d{19}$/.test(created) ? [{ created: BigInt(created), rkey, nsid, record }] : [],
  );
}

/** The place of the newest record; 0 when there is none. */
export async function announcementsEnd(tx: Transaction): Promise<bigint> {
  const last = await first(tx, newest, {});
  return last === undefined ? 0n : BigInt(last.created);
}

/** Forgets records from before, oldest first. The last one stays: the next one's place must be behind it. */
export async function forgetAnnouncements(
  tx: Transaction,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<number> {
  return tx.run(remove, { before: textOf(BigInt(before) * nanosPerMilli), limit });
}

async function nextPlace(tx: Transaction): Promise<bigint> {
  const now = BigInt(tx.now) * nanosPerMilli;
  const next = (await announcementsEnd(tx)) + nanosPerMicro;
  return now > next ? now : next;
}

/** A place as text that sorts like it; before the first and behind the last that is possible, those. */
function textOf(place: bigint): string {
  const possible = place < 0n ? 0n : BigInt.asIntN(64, place) === place ? place : 2n ** 63n - 1n;
  return String(possible).padStart(digits, '0');
}

const insert = prepared((db, p: Insertable<AnnouncementTable>) =>
  db
    .insertInto('announcement')
    .values({ created: p.created, cause: p.cause, nsid: p.nsid, rkey: p.rkey, record: p.record })
    .onConflict(on => on.column('cause').doNothing()),
);

const newest = prepared(db =>
  db.selectFrom('announcement').select('created').orderBy('created', 'desc').limit(1),
);

const recordsAfter = prepared((db, p: { readonly after: string; readonly limit: number }) =>
  db
    .selectFrom('announcement')
    .select(['created', 'rkey', 'nsid', 'record'])
    .where('created', '>', p.after)
    .orderBy('created')
    .limit(p.limit),
);

const remove = prepared((db, p: { readonly before: string; readonly limit: number }) =>
  db
    .deleteFrom('announcement')
    .where('created', 'in', eb =>
      eb
        .selectFrom('announcement')
        .select('created')
        .where('created', '<', p.before)
        .orderBy('created')
        .limit(p.limit),
    )
    .where('created', '<', eb =>
      eb.selectFrom('announcement').select(eb => eb.fn.max('created').as('created')),
    ),
);
