import type { Selectable } from 'kysely';
import type { RunId } from '../../domain/id.ts';
import type { Plan, Run, RunStatus } from '../../domain/run.ts';
import { prepared } from '../prepared.ts';
import type { RunTable } from '../schema.ts';
import { first, type Transaction } from '../transaction.ts';
import { addWorkflowRun } from './workflow-runs.ts';

/** A row as the domain knows it. */
export function runOf(row: Selectable<RunTable>): Run {
  const { id, event, rule, attempt, version } = row;
  const status = statusOf(row.status);
  const plan = planOf(row.plan, status);
  return { id, event, rule, queuedAt: row.queued_at, plan, rerunOf: row.rerun_of, attempt, version, status };
}

/** Old rows do not say who had the last attempt, and know of adapters alone that do the work, or of nobody. */
function statusOf(text: string): RunStatus {
  const { adapter, ...status }: RunStatus & OldStatus = JSON.parse(text);
  const old = adapter ? { id: adapter.runId, url: adapter.infoUrl } : null;
  switch (status.state) {
    case 'blocked':
    case 'queued':
      return status;
    case 'running':
      return { ...status, counterpart: status.counterpart ?? old };
    case 'finished':
      return { ...status, agent: status.agent ?? null, counterpart: status.counterpart ?? old };
  }
}

interface OldStatus {
  readonly adapter?: { readonly runId: string; readonly infoUrl: string | null } | null;
}

/**
 * Old rows say what blocks a run in its status alone, and know of no secrets that are withheld, nor of a time for their
 * logs, nor of workflows.
 */
function planOf(text: string, status: RunStatus): Plan {
  const plan: Plan = JSON.parse(text);
  return {
    ...plan,
    workflow: plan.workflow ?? null,
    withheld: plan.withheld ?? [],
    keepLogMs: plan.keepLogMs ?? null,
    blockedBy: plan.blockedBy ?? (status.state === 'blocked' ? status.reason : null),
  };
}

export async function findRun(tx: Transaction, id: RunId): Promise<Run | undefined> {
  const row = await first(tx, selectRun, { id });
  return row && runOf(row);
}

export async function insertRun(tx: Transaction, run: Run): Promise<void> {
  tx.write(insert, {
    id: run.id,
    event: run.event,
    rule: run.rule,
    pool: run.plan.pool,
    group: run.plan.concurrency?.group ?? null,
    approvalOf: run.plan.approvalOf,
    queuedAt: run.queuedAt,
    rerunOf: run.rerunOf,
    ...changing(run),
  });
  await addWorkflowRun(tx, run);
}

export async function updateRun(tx: Transaction, run: Run): Promise<void> {
  tx.write(update, { id: run.id, ...changing(run) });
}

function changing(run: Run): Changing {
  const { attempt, version, plan, status } = run;
  return {
    state: status.state,
    attempt,
    version,
    plan: JSON.stringify(plan),
    status: JSON.stringify(status),
  };
}

type Changing = Pick<Selectable<RunTable>, 'state' | 'attempt' | 'version' | 'plan' | 'status'>;

const selectRun = prepared((db, p: { readonly id: RunId }) =>
  db.selectFrom('run').selectAll().where('id', '=', p.id),
);

const insert = prepared(
  (
    db,
    p: Changing &
      Pick<Run, 'id' | 'event' | 'rule' | 'queuedAt' | 'rerunOf'> & {
        readonly pool: string;
        readonly group: string | null;
        readonly approvalOf: string | null;
      },
  ) =>
    db.insertInto('run').values({
      id: p.id,
      event: p.event,
      rule: p.rule,
      pool: p.pool,
      group_name: p.group,
      approval_of: p.approvalOf,
      state: p.state,
      queued_at: p.queuedAt,
      rerun_of: p.rerunOf,
      attempt: p.attempt,
      version: p.version,
      plan: p.plan,
      status: p.status,
    }),
);

const update = prepared((db, p: Changing & { readonly id: RunId }) =>
  db
    .updateTable('run')
    .set({ state: p.state, attempt: p.attempt, version: p.version, plan: p.plan, status: p.status })
    .where('id', '=', p.id),
);
