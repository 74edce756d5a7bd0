import type { Run } from '../../domain/run.ts';
import type { Transaction } from '../transaction.ts';
import { writeTicket } from './consequences.ts';
import { mayStart } from './groups.ts';
import { kindsHeld } from './holds.ts';

/** A drained agent that does not know it yet would be given the ticket again and again if it came at once. */
const againMs = 1_000;

/**
 * Whether an agent may have the run now. A claim before a run's turn is no claim: the ticket comes again when its group
 * has room, when its pool goes on, or, where the agent is drained, soon, for another one.
 */
export async function mayClaim(tx: Transaction, run: Run, agent: string): Promise<boolean> {
  if (run.status.state !== 'queued') return true;
  const held = await kindsHeld(tx, { pool: run.plan.pool, agent });
  if ((held.includes('everything') || held.includes('pool')) && !isUnderWay(run)) return false;
  if (held.includes('agent')) {
    await writeTicket(tx, run, tx.now + againMs);
    return false;
  }
  return mayStart(tx, run);
}

/** A build of another CI service goes on whatever is paused here: its run does not start, it is followed again. */
const isUnderWay = ({ plan, attempt }: Run): boolean => plan.action.kind === 'provider' && attempt > 0;
