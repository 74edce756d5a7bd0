import type { Placed } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { EventId } from '../../domain/id.ts';
import type { Run } from '../../domain/run.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';
import { placeRuns } from './place-runs.ts';

/** Adds a run to an event that is stored already. */
export async function addRun(tx: Transaction, run: Run): Promise<Placed> {
  if ((await first(tx, eventExists, { id: run.event })) === undefined)
    throw new SignalboxError(
      'not_found',
      `the event ${run.event} is not stored any more: it cannot get a run`,
    );
  return placeRuns(tx, [run]);
}

const eventExists = prepared((db, p: { readonly id: EventId }) =>
  db.selectFrom('event').select('id').where('id', '=', p.id),
);
