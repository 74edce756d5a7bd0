import type { RunId } from '../../domain/id.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';

/** Remembers how large the log of a finished run is. */
export async function keepLogSize(tx: Transaction, run: RunId, bytes: number): Promise<void> {
  await tx.run(upsert, { run, bytes });
}

/** Finished runs whose logs have to go, oldest first: those of before, and as many as it takes to come under a total. */
export async function forgettableLogs(
  tx: Transaction,
  keep: { readonly before: number; readonly totalBytes: number; readonly limit: number },
): Promise<readonly RunId[]> {
  let total = (await first(tx, sum, {}))?.total ?? 0;
  const go: RunId[] = [];
  for (const { run, bytes, queued_at: queuedAt } of await tx.all(oldest, { limit: keep.limit })) {
    if (total <= keep.totalBytes && queuedAt >= keep.before) break;
    go.push(run);
    total -= bytes;
  }
  return go;
}

export async function forgetLogSizes(tx: Transaction, runs: readonly RunId[]): Promise<void> {
  for (const run of runs) await tx.run(remove, { run });
}

const upsert = prepared((db, p: { readonly run: RunId; readonly bytes: number }) =>
  db
    .insertInto('log_size')
    .values({ run: p.run, bytes: p.bytes })
    .onConflict(on => on.column('run').doUpdateSet(eb => ({ bytes: eb.ref('excluded.bytes') }))),
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

const remove = prepared((db, p: { readonly run: RunId }) =>
  db.deleteFrom('log_size').where('run', '=', p.run),
);
