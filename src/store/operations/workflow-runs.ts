import type { Insertable } from 'kysely';
import type { WorkflowRef } from '../../domain/pipeline.ts';
import type { Run } from '../../domain/run.ts';
import { prepared } from '../prepared.ts';
import type { WorkflowRunTable } from '../schema.ts';
import { first, type Transaction } from '../transaction.ts';
import { runOf } from './run-rows.ts';

/** The youngest run of a workflow. */
export async function workflowRun(tx: Transaction, workflow: WorkflowRef): Promise<Run | undefined> {
  const { knot, rkey, name } = workflow;
  const row = await first(tx, youngest, { knot, rkey, workflow: name });
  return row && runOf(row);
}

/** Lets a run be found by the workflow that it is. */
export async function addWorkflowRun(tx: Transaction, { id, plan }: Run): Promise<void> {
  if (plan.workflow === null) return;
  const { knot, rkey, name } = plan.workflow;
  await tx.run(insert, { knot, rkey, workflow: name, run: id });
}

const insert = prepared((db, p: Insertable<WorkflowRunTable>) =>
  db.insertInto('workflow_run').values({ knot: p.knot, rkey: p.rkey, workflow: p.workflow, run: p.run }),
);

// Ids of runs grow with time.
const youngest = prepared((db, p: Omit<Insertable<WorkflowRunTable>, 'run'>) =>
  db
    .selectFrom('workflow_run')
    .innerJoin('run', 'run.id', 'workflow_run.run')
    .selectAll('run')
    .where('knot', '=', p.knot)
    .where('rkey', '=', p.rkey)
    .where('workflow', '=', p.workflow)
    .orderBy('workflow_run.run', 'desc')
    .limit(1),
);
