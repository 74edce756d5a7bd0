import type { JudgedEvent } from '../../domain/tally.ts';
import { prepared } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';

/** What the rules said to the latest events, newest first. */
export async function verdicts(tx: Transaction, limit: number): Promise<readonly JudgedEvent[]> {
  const rows = await tx.all(latest(limit), {});
  return rows.map(row => ({ receivedAt: row.received_at, verdicts: wordsOf(row.verdicts) }));
}

/** Without the reasons, which are long. */
function wordsOf(data: string): JudgedEvent['verdicts'] {
  const stored: JudgedEvent['verdicts'] = JSON.parse(data);
  return stored.map(({ rule, verdict }) => ({ rule, verdict }));
}

// The ids first, from an index alone, as lists do.
const latest = (limit: number) =>
  prepared(db =>
    db
      .selectFrom('event')
      .select(['received_at', 'verdicts'])
      .where('id', 'in', eb => eb.selectFrom('event').select('id').orderBy('id', 'desc').limit(limit))
      .orderBy('id', 'desc'),
  );
