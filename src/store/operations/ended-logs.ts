import type { RunId } from '../../domain/id.ts';
import type { Run } from '../../domain/run.ts';
import type { EndedLog } from '../logs/log-store.ts';
import type { ShortLog } from '../logs/short-log.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';
import { logEnd } from './log-parts.ts';

/** Keeps the log of a run that finishes, when it is short, and remembers how large it is, and until when it is kept. */
export async function keepEndedLog(
  tx: Transaction,
  { id: run, plan, status }: Run,
  ended: EndedLog,
): Promise<void> {
  if (plan.keepLogMs !== null && status.state === 'finished')
    tx.write(upsertUntil, { run, until: status.finishedAt + plan.keepLogMs });
  if (ended.kind === 'short') tx.write(insertShort, { run, ...ended.log });
  tx.write(upsert, { run, bytes: await sizeOf(tx, run, ended) });
}

async function sizeOf(tx: Transaction, run: RunId, ended: EndedLog): Promise<number> {
  switch (ended.kind) {
    case 'short':
      return ended.log.bytes.length;
    case 'long':
      return ended.bytes;
    case 'in parts':
      return (await logEnd(tx, run)).bytes;
  }
}

/** The log of a run that ended short; undefined when it did not, or was forgotten. */
export function shortLog(tx: Transaction, run: RunId): Promise<ShortLog | undefined> {
  return first(tx, findShort, { run });
}

/**
 * Finished runs whose logs have to go: those whose own time is over, then, oldest first, those of before, and as many as it
 * takes to come under a total.
 */
export async function forgettableLogs(
  tx: Transaction,
  keep: {
    readonly before: number;
    readonly totalBytes: number;
    readonly now: number;
    readonly limit: number;
  },
): Promise<readonly RunId[]> {
  const over = await tx.all(ownTimeOver, keep);
  if (over.length > 0) return over.map(({ run }) => run);
  let total = (await first(tx, sum, {}))?.total ?? 0;
  const go: RunId[] = [];
  for (const { run, bytes, queued_at: queuedAt } of await tx.all(oldest, { limit: keep.limit })) {
    if (total <= keep.totalBytes && queuedAt >= keep.before) break;
    go.push(run);
    total -= bytes;
  }
  return go;
}

/** Forgets short logs, and how large these logs were. */
export async function forgetEndedLogs(tx: Transaction, runs: readonly RunId[]): Promise<void> {
  for (const run of runs) {
    tx.write(removeShort, { run });
    tx.write(removeSize, { run });
    tx.write(removeUntil, { run });
  }
}

const upsert = prepared((db, p: { readonly run: RunId; readonly bytes: number }) =>
  db
    .insertInto('log_size')
    .values({ run: p.run, bytes: p.bytes })
    .onConflict(on => on.column('run').doUpdateSet(eb => ({ bytes: eb.ref('excluded.bytes') }))),
);

const upsertUntil = prepared((db, p: { readonly run: RunId; readonly until: number }) =>
  db
    .insertInto('log_until')
    .values({ run: p.run, until: p.until })
    .onConflict(on => on.column('run').doUpdateSet(eb => ({ until: eb.ref('excluded.until') }))),
);

const ownTimeOver = prepared((db, p: { readonly now: number; readonly limit: number }) =>
  db.selectFrom('log_until').select('run').where('until', '<', p.now).orderBy('until').limit(p.limit),
);

const removeUntil = prepared((db, p: { readonly run: RunId }) =>
  db.deleteFrom('log_until').where('run', '=', p.run),
);

const sum = prepared(db => db.selectFrom('log_size').select(eb => eb.fn.sum<number>('bytes').as('total')));

// Ids grow with time.
const oldest = prepared((db, p: { readonly limit: number }) =>
  db
    .selectFrom('log_size')
    .innerJoin('run', 'run.id', 'log_size.run')
    .select(['log_size.run', 'log_size.bytes', 'run.queued_at'])
    .where('run.state', '=', 'finished')
    .orderBy('log_size.run')
    .limit(p.limit),
);

const insertShort = prepared(
  (db, p: { readonly run: RunId; readonly bytes: Uint8Array; readonly index: Uint8Array }) =>
    db
      .insertInto('short_log')
      .values({ run: p.run, bytes: p.bytes, chunks: p.index })
      .onConflict(on =>
        on
          .column('run')
          .doUpdateSet(eb => ({ bytes: eb.ref('excluded.bytes'), chunks: eb.ref('excluded.chunks') })),
      ),
);

const findShort = prepared((db, p: { readonly run: RunId }) =>
  db.selectFrom('short_log').select(['bytes', 'chunks as index']).where('run', '=', p.run),
);

const removeShort = prepared((db, p: { readonly run: RunId }) =>
  db.deleteFrom('short_log').where('run', '=', p.run),
);

const removeSize = prepared((db, p: { readonly run: RunId }) =>
  db.deleteFrom('log_size').where('run', '=', p.run),
);
