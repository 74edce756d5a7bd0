import type { RunId } from '../../domain/id.ts';
import type { Run } from '../../domain/run.ts';
import { prepared } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';
import { runOf } from './run-rows.ts';

/** The runs of a group that are queued or running, oldest first; without one. */
export async function others(tx: Transaction, run: Run): Promise<readonly Run[]> {
  if (run.plan.concurrency === null) return [];
  const rows = await tx.all(inGroup, { group: run.plan.concurrency.group, without: run.id });
  return rows.map(runOf);
}

/** Whether a queued run's turn has come: older ones of its group go first, and only so many run at a time. */
export async function mayStart(tx: Transaction, run: Run): Promise<boolean> {
  const { concurrency } = run.plan;
  if (concurrency === null) return true;
  const before = (await others(tx, run)).filter(
    other => other.status.state === 'running' || other.id < run.id,
  );
  return before.length < concurrency.limit;
}

/** The queued runs of a group that may start now, oldest first. */
export async function nextInGroup(tx: Transaction, run: Run): Promise<readonly Run[]> {
  const { concurrency } = run.plan;
  if (concurrency === null) return [];
  const active = [...(await others(tx, run)), ...(isActive(run) ? [run] : [])];
  const running = active.filter(({ status }) => status.state === 'running').length;
  return active
    .filter(({ status }) => status.state === 'queued')
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, Math.max(0, concurrency.limit - running));
}

const isActive = ({ status }: Run): boolean => status.state === 'queued' || status.state === 'running';

const inGroup = prepared((db, p: { readonly group: string; readonly without: RunId }) =>
  db
    .selectFrom('run')
    .selectAll()
    .where('group_name', '=', p.group)
    .where('state', 'in', ['queued', 'running'])
    .where('id', '<>', p.without)
    .orderBy('id'),
);
