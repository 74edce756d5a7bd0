import type { Selectable } from 'kysely';
import type { RunId } from '../../domain/id.ts';
import { readEntry } from '../logs/entry.ts';
import { type LogEnd, noEnd } from '../logs/parts.ts';
import { prepared } from '../prepared.ts';
import type { LogObjectTable, LogTailTable } from '../schema.ts';
import { first, type Transaction } from '../transaction.ts';

/** How far a log has come. */
export async function logEnd(tx: Transaction, run: RunId): Promise<LogEnd> {
  const found = await first(tx, findEnd, { run });
  const last = found && readEntry(Buffer.from(found.last), 0);
  if (found === undefined || last === undefined) return noEnd;
  return { entries: found.entries, last, bytes: last.offset + last.length, torn: false };
}

/** Appends to a log whose end is where the writer believes it to be; false when somebody else has moved it. */
export async function addLogPart(
  tx: Transaction,
  part: Omit<Selectable<LogTailTable>, 'size'> & { readonly entries: number; readonly last: Uint8Array },
): Promise<boolean> {
  const { run, entry, entries, last } = part;
  const moved =
    entry === 0
      ? await tx.run(insertEnd, { run, entries, last })
      : await tx.run(moveEnd, { run, from: entry, entries, last });
  if (moved === 0) return false;
  const { until_seq, bytes, chunks } = part;
  tx.write(insertTail, { run, entry, until_seq, size: bytes.length, bytes, chunks });
  return true;
}

/** The parts of a log from the one with a line on, in order: those in objects, and the tail. */
export async function logParts(
  tx: Transaction,
  { run, from }: { readonly run: RunId; readonly from: number },
): Promise<{
  readonly objects: readonly Selectable<LogObjectTable>[];
  readonly tail: readonly Selectable<LogTailTable>[];
}> {
  return {
    objects: await tx.all(objectsFrom, { run, from }),
    tail: await tx.all(tailFrom, { run, from }),
  };
}

/** Logs whose tails are to become objects: long ones, and those of runs that are over. */
export async function longTails(
  tx: Transaction,
  most: { readonly bytes: number; readonly parts: number; readonly limit: number },
): Promise<readonly RunId[]> {
  return (await tx.all(findLongTails, most)).map(({ run }) => run);
}

/** An object takes the place of the first parts of a tail, up to `to`; false when somebody else has moved them. */
export async function moveLogTail(
  tx: Transaction,
  { to, ...object }: Selectable<LogObjectTable> & { readonly to: number },
): Promise<boolean> {
  const { run, entry: from } = object;
  if ((await tx.run(removeTailParts, { run, from, to })) === 0) return false;
  tx.write(insertObject, object);
  return true;
}

/** Forgets all parts of a log. Its objects are to be deleted before. */
export async function forgetLogParts(tx: Transaction, run: RunId): Promise<void> {
  for (const query of [removeTail, removeObjects, removeEnd]) tx.write(query, { run });
}

type OfRun = { readonly run: RunId };

const findEnd = prepared((db, p: OfRun) =>
  db.selectFrom('log_end').select(['entries', 'last']).where('run', '=', p.run),
);

const insertEnd = prepared((db, p: OfRun & { readonly entries: number; readonly last: Uint8Array }) =>
  db
    .insertInto('log_end')
    .values({ run: p.run, entries: p.entries, last: p.last })
    .onConflict(on => on.doNothing()),
);

const moveEnd = prepared(
  (db, p: OfRun & { readonly from: number; readonly entries: number; readonly last: Uint8Array }) =>
    db
      .updateTable('log_end')
      .set({ entries: p.entries, last: p.last })
      .where('run', '=', p.run)
      .where('entries', '=', p.from),
);

const insertTail = prepared((db, p: Pick<LogTailTable, keyof LogTailTable>) =>
  db.insertInto('log_tail').values({
    run: p.run,
    entry: p.entry,
    until_seq: p.until_seq,
    size: p.size,
    bytes: p.bytes,
    chunks: p.chunks,
  }),
);

const insertObject = prepared((db, p: Pick<LogObjectTable, keyof LogObjectTable>) =>
  db.insertInto('log_object').values({
    run: p.run,
    entry: p.entry,
    until_seq: p.until_seq,
    start: p.start,
    size: p.size,
    index_size: p.index_size,
    key: p.key,
  }),
);

const objectsFrom = prepared((db, p: OfRun & { readonly from: number }) =>
  db
    .selectFrom('log_object')
    .selectAll()
    .where('run', '=', p.run)
    .where('until_seq', '>', p.from)
    .orderBy('entry'),
);

const tailFrom = prepared((db, p: OfRun & { readonly from: number }) =>
  db
    .selectFrom('log_tail')
    .selectAll()
    .where('run', '=', p.run)
    .where('until_seq', '>', p.from)
    .orderBy('entry'),
);

// A run that is forgotten has no tail either; one that nobody has stored may have.
const findLongTails = prepared(
  (db, p: { readonly bytes: number; readonly parts: number; readonly limit: number }) =>
    db
      .selectFrom('log_tail')
      .leftJoin('run', 'run.id', 'log_tail.run')
      .select('log_tail.run')
      .groupBy(['log_tail.run', 'run.state'])
      .having(eb =>
        eb.or([
          eb(eb.fn.sum('log_tail.size'), '>=', p.bytes),
          eb(eb.fn.countAll(), '>=', p.parts),
          eb('run.state', '=', 'finished'),
        ]),
      )
      .limit(p.limit),
);

const removeTailParts = prepared((db, p: OfRun & { readonly from: number; readonly to: number }) =>
  db.deleteFrom('log_tail').where('run', '=', p.run).where('entry', '>=', p.from).where('entry', '<=', p.to),
);

const removeTail = prepared((db, p: OfRun) => db.deleteFrom('log_tail').where('run', '=', p.run));
const removeObjects = prepared((db, p: OfRun) => db.deleteFrom('log_object').where('run', '=', p.run));
const removeEnd = prepared((db, p: OfRun) => db.deleteFrom('log_end').where('run', '=', p.run));
