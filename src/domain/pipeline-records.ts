import type { Json } from './json.ts';
import {
  type PipelineFacts,
  type PipelineTrigger,
  pipelineUri,
  type Workflow,
  type WorkflowRef,
} from './pipeline.ts';
import type { Run } from './run.ts';
import { cut } from './shown.ts';
import type { WorkflowStatus } from './workflow-status.ts';

/** What Tangled calls the two kinds of records that a spindle announces. */
export const pipelineNsid = 'sh.tangled.pipeline';
export const statusNsid = 'sh.tangled.pipeline.status';

type JsonRecord = Readonly<Record<string, Json>>;

/** An error in a list of workflows is read at a glance, or not at all. */
const longestError = 500;
/** What stands for the exit code of what has none. */
const noExitCode = -1;

/**
 * The files of a record, in characters: everybody can have records sent, many at a time. What does not fit is an empty
 * text; whoever wants the file has the commit.
 */
const mostRaw = 1024 * 1024;

/** The record of a pipeline. Values of inputs may be secret, and everybody can read records: it has none. */
export function pipelineRecord({ knot, repo, trigger, sourceRepo, workflows }: PipelineFacts): JsonRecord {
  return {
    $type: pipelineNsid,
    triggerMetadata: {
      kind: trigger.kind,
      repo: {
        knot,
        did: repo.ownerDid,
        ...(repo.name === null ? {} : { repo: repo.name }),
        ...(repo.repoDid === null ? {} : { repoDid: repo.repoDid }),
        defaultBranch: repo.defaultBranch ?? '',
      },
      ...triggerData(trigger),
      ...(sourceRepo === null ? {} : { sourceRepo }),
    },
    workflows: withRawThatFits(workflows).map(({ name, engine, clone, raw }) => ({
      name,
      engine,
      clone: { skip: clone.skip, depth: clone.depth, submodules: clone.submodules, tags: clone.tags },
      raw,
    })),
  };
}

function withRawThatFits(workflows: readonly Workflow[]): readonly Workflow[] {
  let left = mostRaw;
  return workflows.map(workflow => {
    if (workflow.raw.length > left) return { ...workflow, raw: '' };
    left -= workflow.raw.length;
    return workflow;
  });
}

function triggerData(trigger: PipelineTrigger): JsonRecord {
  switch (trigger.kind) {
    case 'push': {
      const { ref, newSha, oldSha } = trigger;
      return { push: { ref, newSha, oldSha } };
    }
    case 'pull_request': {
      const { sourceBranch, targetBranch, sourceSha, action, pull } = trigger;
      const known = { ...(action === null ? {} : { action }), ...(pull === null ? {} : { pull }) };
      return { pullRequest: { sourceBranch, targetBranch, sourceSha, ...known } };
    }
    case 'manual': {
      const { sha, ref } = trigger;
      return { manual: { sha, ...(ref === null ? {} : { ref }) } };
    }
  }
}

/** The record of how a workflow stands; how it ended is looked up in its run. */
export function statusRecord(
  workflow: WorkflowRef,
  status: WorkflowStatus,
  run: Pick<Run, 'status'>,
  at: number,
): JsonRecord {
  return {
    $type: statusNsid,
    pipeline: pipelineUri(workflow),
    workflow: workflow.name,
    status,
    ...ending(status, run.status),
    createdAt: seconds(at),
  };
}

function ending(status: WorkflowStatus, ended: Run['status']): JsonRecord {
  switch (status) {
    case 'pending':
    case 'running':
    case 'success':
      return {};
    case 'failed':
    case 'timeout':
    case 'cancelled': {
      if (ended.state !== 'finished') return { exitCode: noExitCode };
      const error = ended.reason === null ? {} : { error: cut(ended.reason, longestError) };
      return { ...error, exitCode: ended.exitCode ?? noExitCode };
    }
  }
}

/** Whole seconds: that is how finely Tangled tells them apart. */
// oxlint-disable-next-line no-restricted-globals -- converts a given time; does not read the clock
const seconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
