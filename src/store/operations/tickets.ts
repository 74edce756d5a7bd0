import type { RunId } from '../../domain/id.ts';
import { prepared } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';
import { removeUnsent } from './outbox.ts';
import { putIntoOutbox } from './put-into-outbox.ts';

/**
 * Writes the tickets of up to `limit` queued runs of a pool, or of all, after a run id. `next` is where to go on, null when all are done:
 * there may be very many, and others want their turn in between.
 */
export async function ticketAgain(
  tx: Transaction,
  from: { readonly pool: string | null; readonly after: RunId | null; readonly limit: number },
): Promise<{ readonly count: number; readonly next: RunId | null }> {
  const queued = await tx.all(queuedRuns(from), {});
  for (const { id, pool } of queued) {
    // One that waits in there would keep its place, before those of older runs.
    await removeUnsent(tx, id);
    await putIntoOutbox(tx, { kind: 'ticket', ticket: { run: id, pool } });
  }
  const last = queued.length === from.limit ? queued.at(-1) : undefined;
  return { count: queued.length, next: last?.id ?? null };
}

const queuedRuns = ({ pool, after, limit }: Parameters<typeof ticketAgain>[1]) =>
  prepared(db =>
    db
      .selectFrom('run')
      .select(['id', 'pool'])
      .where('state', '=', 'queued')
      .$if(pool !== null, q => q.where('pool', '=', pool))
      .$if(after !== null, q => q.where('id', '>', after))
      .orderBy('id')
      .limit(limit),
  );
