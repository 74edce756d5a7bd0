import type { Amended } from '../../contracts/store.ts';
import type { RunId } from '../../domain/id.ts';
import { place } from '../../domain/placement.ts';
import { advance, type News, type Run } from '../../domain/run.ts';
import type { EndedLog } from '../logs/log-store.ts';
import type { Transaction } from '../transaction.ts';
import { runChanged } from './consequences.ts';
import { keepEndedLog } from './ended-logs.ts';
import { others } from './groups.ts';
import { mayClaim } from './may-claim.ts';
import { findRun, updateRun } from './run-rows.ts';

/** Advances a run by the news; with a new version go its ticket, reports, attempts and feed item. */
export async function amend(
  tx: Transaction,
  { run: id, news, log }: { readonly run: RunId; readonly news: News; readonly log: EndedLog | null },
): Promise<Amended> {
  const before = await findRun(tx, id);
  if (before === undefined) return { result: 'unknown' };
  if (news.kind === 'claimed' && !(await mayClaim(tx, before, news.agent)))
    return { result: 'stale', run: before };
  const after = await placed(tx, before, advance(before, news));
  if (after === before) return { result: 'stale', run: before };
  await updateRun(tx, after);
  if (after.version !== before.version) await runChanged(tx, before, after, news);
  if (log !== null) await keepEndedLog(tx, after, log);
  return { result: 'amended', run: after };
}

/** An approved run takes its place in its group as a new one would. */
async function placed(tx: Transaction, before: Run, after: Run): Promise<Run> {
  if (before.status.state !== 'blocked' || after.status.state !== 'queued') return after;
  const { run, superseded } = place(after, await others(tx, after));
  const reason = `superseded by ${run.id}`;
  for (const id of superseded)
    await amend(tx, { run: id, news: { kind: 'superseded', reason, at: tx.now }, log: null });
  return run;
}
