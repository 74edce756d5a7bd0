import type { Amended } from '../../contracts/store.ts';
import type { RunId } from '../../domain/id.ts';
import { advance, type News } from '../../domain/run.ts';
import type { Transaction } from '../transaction.ts';
import { runChanged } from './consequences.ts';
import { findRun, updateRun } from './run-rows.ts';

/** Advances a run by the news; with a new version go its ticket, reports, attempts and feed item. */
export async function amend(
  tx: Transaction,
  { run: id, news }: { readonly run: RunId; readonly news: News },
): Promise<Amended> {
  const before = await findRun(tx, id);
  if (before === undefined) return { result: 'unknown' };
  const after = advance(before, news);
  if (after === before) return { result: 'stale', run: before };
  await updateRun(tx, after);
  if (after.version !== before.version) await runChanged(tx, before, after, news);
  return { result: 'amended', run: after };
}
