import type { Outcome, RunStatus } from './run.ts';

/** How a workflow stands, in Tangled's words. */
export const workflowStatuses = ['pending', 'running', 'failed', 'timeout', 'cancelled', 'success'] as const;
export type WorkflowStatus = (typeof workflowStatuses)[number];

/** Tangled's word for how a run stands; `outcome` is null until its end. */
export function workflowStatus(state: RunStatus['state'], outcome: Outcome | null): WorkflowStatus {
  switch (state) {
    case 'blocked':
    case 'queued':
      return 'pending';
    case 'running':
      return 'running';
    case 'finished':
      return outcome === null ? 'failed' : ends[outcome];
  }
}

const ends: Readonly<Record<Outcome, WorkflowStatus>> = {
  success: 'success',
  failure: 'failed',
  error: 'failed',
  lost: 'failed',
  timeout: 'timeout',
  cancelled: 'cancelled',
  superseded: 'cancelled',
  skipped: 'cancelled',
};
