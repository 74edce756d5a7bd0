import type { StoredPipeline } from '../../../contracts/pipeline-store.ts';
import { type PipelineTrigger, pipelineCommit } from '../../../domain/pipeline.ts';
import type { Run } from '../../../domain/run.ts';
import { cut } from '../../../domain/shown.ts';
import { workflowStatus } from '../../../domain/workflow-status.ts';

/** An error in a list of workflows is read at a glance, or not at all. */
const longestError = 500;

/** A pipeline as callers see it; undefined when there is none in the event. */
export function pipelineView({ event, runs }: StoredPipeline): object | undefined {
  const { pipeline } = event;
  if (pipeline === null) return undefined;
  const { repo, sourceRepo, trigger, rkey, workflows } = pipeline;
  return {
    id: rkey,
    ...(repo.repoDid === null ? {} : { repo: repo.repoDid }),
    ...(sourceRepo === null ? {} : { sourceRepo }),
    commit: pipelineCommit(trigger),
    createdAt: seconds(event.receivedAt),
    trigger: triggerView(trigger),
    workflows: workflows.map(({ name }) =>
      workflowView(
        name,
        runs.find(run => run.plan.workflow?.name === name),
      ),
    ),
  };
}

/** Values of inputs may be secret, and everybody can ask: it has none. */
function triggerView(trigger: PipelineTrigger): object {
  switch (trigger.kind) {
    case 'push': {
      const { ref, newSha, oldSha } = trigger;
      return { $type: 'sh.tangled.ci.trigger#push', ref, newSha, oldSha };
    }
    case 'pull_request': {
      const { sourceBranch, targetBranch, sourceSha, pull } = trigger;
      return {
        $type: 'sh.tangled.ci.trigger#pullRequest',
        targetBranch,
        sourceSha,
        ...(sourceBranch === '' ? {} : { sourceBranch }),
        ...(pull === null ? {} : { pull }),
      };
    }
    case 'manual': {
      const { sha, ref } = trigger;
      return { $type: 'sh.tangled.ci.trigger#manual', sha, ...(ref === null ? {} : { ref }) };
    }
  }
}

function workflowView(name: string, run: Run | undefined): object {
  const named = { id: name, name };
  if (run === undefined) return { ...named, status: 'pending' };
  const { status } = run;
  switch (status.state) {
    case 'blocked':
    case 'queued':
      return { ...named, status: workflowStatus(status.state, null) };
    case 'running':
      return { ...named, status: workflowStatus('running', null), startedAt: seconds(status.startedAt) };
    case 'finished': {
      const { startedAt, finishedAt, reason, outcome } = status;
      return {
        ...named,
        status: workflowStatus('finished', outcome),
        ...(startedAt === null ? {} : { startedAt: seconds(startedAt) }),
        finishedAt: seconds(finishedAt),
        ...(reason === null || outcome === 'success' ? {} : { error: cut(reason, longestError) }),
      };
    }
  }
}

/** Whole seconds: that is how finely Tangled tells them apart. */
const seconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
