import type { RunId } from '../../domain/id.ts';
import { type Report, type ReportState, reports } from '../../domain/report.ts';
import type { Run } from '../../domain/run.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';
import { putIntoOutbox } from './put-into-outbox.ts';

/**
 * Puts what the outside should hear of the run's new version into the outbox. Of a run whose subject belongs to a
 * younger one it hears nothing any more, also when all of that one's reports have been sent.
 */
export async function writeReports(tx: Transaction, run: Run): Promise<void> {
  for (const report of reports(run)) {
    const { subject, reporter } = report;
    const youngest = await first(tx, youngestRun, { subject });
    const outdated = youngest !== undefined && youngest.run > run.id;
    const state = outdated ? 'replaced' : 'waiting';
    tx.write(keep, { run: run.id, reporter, subject, state });
    if (outdated) continue;
    tx.write(replaceOlder, { subject, run: run.id });
    await putIntoOutbox(tx, { kind: 'report', report });
  }
}

/** Notes how sending went; only for a report that nothing has replaced in the outbox. */
export async function noteReport(
  tx: Transaction,
  { run, reporter }: Report,
  now: Omit<ReportState, 'reporter'>,
): Promise<void> {
  tx.write(note, { run, reporter, ...now });
}

/** How the run's reports stand with the outside. */
export async function reportStates(tx: Transaction, run: RunId): Promise<readonly ReportState[]> {
  const rows = await tx.all(statesOf, { run });
  return rows.map(({ next_try_at: nextTryAt, sent_at: sentAt, ...state }) => ({
    ...state,
    nextTryAt,
    sentAt,
  }));
}

const youngestRun = prepared((db, p: { readonly subject: string }) =>
  db.selectFrom('report').select('run').where('subject', '=', p.subject).orderBy('run', 'desc').limit(1),
);

const keep = prepared(
  (
    db,
    p: {
      readonly run: RunId;
      readonly reporter: string;
      readonly subject: string;
      readonly state: ReportState['state'];
    },
  ) =>
    db
      .insertInto('report')
      .values({
        run: p.run,
        reporter: p.reporter,
        subject: p.subject,
        state: p.state,
        tries: 0,
        error: null,
        next_try_at: null,
        sent_at: null,
      })
      .onConflict(on =>
        on.columns(['run', 'reporter']).doUpdateSet(eb => ({
          state: eb.ref('excluded.state'),
          tries: 0,
          error: null,
          next_try_at: null,
          sent_at: null,
        })),
      ),
);

const replaceOlder = prepared((db, p: { readonly subject: string; readonly run: RunId }) =>
  db
    .updateTable('report')
    .set({ state: 'replaced', next_try_at: null })
    .where('subject', '=', p.subject)
    .where('run', '<', p.run)
    .where('state', '=', 'waiting'),
);

const note = prepared((db, p: Pick<Report, 'run' | 'reporter'> & Omit<ReportState, 'reporter'>) =>
  db
    .updateTable('report')
    .set({ state: p.state, tries: p.tries, error: p.error, next_try_at: p.nextTryAt, sent_at: p.sentAt })
    .where('run', '=', p.run)
    .where('reporter', '=', p.reporter),
);

const statesOf = prepared((db, p: { readonly run: RunId }) =>
  db
    .selectFrom('report')
    .select(['reporter', 'state', 'tries', 'error', 'next_try_at', 'sent_at'])
    .where('run', '=', p.run)
    .orderBy('reporter'),
);
