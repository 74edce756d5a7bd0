import type { News, Run } from '../../domain/run.ts';
import { prepared } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';
import { feedRun } from './feed.ts';
import { nextInGroup } from './groups.ts';
import { putIntoOutbox } from './put-into-outbox.ts';
import { writeReports } from './reports.ts';

/** What follows from a new run, in the transaction that brings it. */
export async function runAdded(tx: Transaction, run: Run): Promise<void> {
  await feedRun(tx, run);
  if (run.status.state === 'queued') await writeTicket(tx, run);
  await writeReports(tx, run);
}

/** What follows from a change of a run, in the transaction that makes it. */
export async function runChanged(tx: Transaction, before: Run, after: Run, news: News): Promise<void> {
  await feedRun(tx, after);
  await keepAttempts(tx, before, after, news);
  if (after.status.state === 'queued') await writeTicket(tx, after);
  // Whoever left the line or the room of a group lets the next one in.
  if (after.status.state !== 'running')
    for (const next of await nextInGroup(tx, after)) await writeTicket(tx, next);
  await writeReports(tx, after);
}

/** Writes the ticket of a queued run, to be sent at once or not before a time. */
export async function writeTicket(tx: Transaction, run: Run, dueAt = 0): Promise<void> {
  await putIntoOutbox(tx, { kind: 'ticket', ticket: { run: run.id, pool: run.plan.pool } }, dueAt);
}

async function keepAttempts(tx: Transaction, before: Run, after: Run, news: News): Promise<void> {
  const { id, attempt, status } = after;
  if (status.state === 'running' && attempt > before.attempt)
    tx.write(openAttempt, { run: id, attempt, agent: status.agent, startedAt: status.startedAt });
  if (before.status.state !== 'running' || status.state === 'running') return;
  // A running run that is queued again has lost its attempt.
  const outcome = status.state === 'finished' ? status.outcome : 'lost';
  tx.write(closeAttempt, { run: id, attempt, outcome, finishedAt: 'at' in news ? news.at : tx.now });
}

const openAttempt = prepared(
  (
    db,
    p: {
      readonly run: Run['id'];
      readonly attempt: number;
      readonly agent: string;
      readonly startedAt: number;
    },
  ) =>
    db.insertInto('attempt').values({
      run: p.run,
      attempt: p.attempt,
      agent: p.agent,
      started_at: p.startedAt,
      finished_at: null,
      outcome: null,
    }),
);

const closeAttempt = prepared(
  (
    db,
    p: {
      readonly run: Run['id'];
      readonly attempt: number;
      readonly outcome: string;
      readonly finishedAt: number;
    },
  ) =>
    db
      .updateTable('attempt')
      .set({ finished_at: p.finishedAt, outcome: p.outcome })
      .where('run', '=', p.run)
      .where('attempt', '=', p.attempt),
);
