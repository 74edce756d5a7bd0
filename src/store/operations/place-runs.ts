import type { Placed } from '../../contracts/store.ts';
import type { Event } from '../../domain/event.ts';
import type { EventId } from '../../domain/id.ts';
import { place } from '../../domain/placement.ts';
import { patchKey, type Run } from '../../domain/run.ts';
import { prepared } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';
import { amend } from './amend.ts';
import { runAdded } from './consequences.ts';
import { others } from './groups.ts';
import { insertRun } from './run-rows.ts';

/** Stores new runs, each at its place in its group; older ones that must make place are superseded. */
export async function placeRuns(tx: Transaction, runs: readonly Run[]): Promise<Placed> {
  const stored: Run[] = [];
  const superseded: Run[] = [];
  for (const planned of runs) {
    const { run, superseded: older } =
      planned.status.state === 'queued'
        ? place(planned, await others(tx, planned))
        : { run: planned, superseded: [] };
    for (const id of older) {
      const reason = `superseded by ${run.id}`;
      const amended = await amend(tx, {
        run: id,
        news: { kind: 'superseded', reason, at: run.queuedAt },
        log: null,
      });
      if (amended.result === 'amended') superseded.push(amended.run);
    }
    await insertRun(tx, run);
    await runAdded(tx, run);
    stored.push(run);
  }
  return { runs: stored, superseded };
}

/**
 * What was (or waits to be) approved for a patch as it was before is void now: an approval is for one commit. What runs
 * already was approved as what it is.
 */
export async function voidApprovals(tx: Transaction, event: Event): Promise<readonly Run[]> {
  const patch = event.replayOf === null ? patchKey(event) : null;
  if (patch === null) return [];
  const over = event.action === 'closed' || event.action === 'merged';
  const reason = over
    ? `the patch was ${event.action}`
    : `superseded by ${event.id}, a newer push of the patch`;
  const voided: Run[] = [];
  for (const { id } of await tx.all(waiting, { patch, event: event.id })) {
    const amended = await amend(tx, {
      run: id,
      news: { kind: 'superseded', reason, at: event.receivedAt },
      log: null,
    });
    if (amended.result === 'amended') voided.push(amended.run);
  }
  return voided;
}

const waiting = prepared((db, p: { readonly patch: string; readonly event: EventId }) =>
  db
    .selectFrom('run')
    .select('id')
    .where('approval_of', '=', p.patch)
    .where('state', 'in', ['blocked', 'queued'])
    .where('event', '<>', p.event)
    .orderBy('id'),
);
