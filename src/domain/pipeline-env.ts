import type { Repo } from './event.ts';
import { type PipelineFacts, type PipelineTrigger, pipelineUri } from './pipeline.ts';

/** What Tangled tells every step of a workflow. The workflow's own variables are not among it: those change nothing of it. */
export function pipelineEnv(
  pipeline: PipelineFacts,
  repo: Pick<Repo, 'url'> | null,
): Readonly<Record<string, string>> {
  const { name, ownerDid, repoDid, defaultBranch } = pipeline.repo;
  return {
    CI: 'true',
    TANGLED_PIPELINE_ID: pipelineUri(pipeline),
    TANGLED_PIPELINE_KIND: pipeline.trigger.kind,
    TANGLED_REPO_KNOT: pipeline.knot,
    TANGLED_REPO_DID: ownerDid,
    ...(name === null ? {} : { TANGLED_REPO_NAME: name }),
    ...(repoDid === null ? {} : { TANGLED_REPO_REPO_DID: repoDid }),
    TANGLED_REPO_DEFAULT_BRANCH: defaultBranch ?? '',
    TANGLED_REPO_URL: repo?.url ?? '',
    ...triggerEnv(pipeline.trigger),
  };
}

function triggerEnv(trigger: PipelineTrigger): Readonly<Record<string, string>> {
  switch (trigger.kind) {
    case 'push':
      return { ...refEnv(trigger.ref), ...shaEnv(trigger.newSha) };
    case 'pull_request':
      return {
        ...refEnv(`refs/heads/${trigger.sourceBranch}`),
        ...shaEnv(trigger.sourceSha),
        TANGLED_PR_SOURCE_BRANCH: trigger.sourceBranch,
        TANGLED_PR_TARGET_BRANCH: trigger.targetBranch,
        TANGLED_PR_SOURCE_SHA: trigger.sourceSha,
        ...(trigger.action === null ? {} : { TANGLED_PR_ACTION: trigger.action }),
      };
    case 'manual':
      return {
        ...(trigger.ref === null ? {} : refEnv(trigger.ref)),
        ...(trigger.sha === '' ? {} : shaEnv(trigger.sha)),
        ...Object.fromEntries(trigger.inputs.map(({ key, value }) => [inputName(key), value])),
      };
  }
}

function refEnv(ref: string): Readonly<Record<string, string>> {
  const [, kind, short = ref] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
  const type = kind === 'heads' ? 'branch' : 'tag';
  return {
    TANGLED_REF: ref,
    TANGLED_REF_NAME: short,
    ...(kind === undefined ? {} : { TANGLED_REF_TYPE: type }),
  };
}

const shaEnv = (sha: string): Readonly<Record<string, string>> => ({
  TANGLED_SHA: sha,
  TANGLED_COMMIT_SHA: sha,
});

/** A shell can only name letters, digits and `_`. */
const inputName = (key: string): string =>
  `TANGLED_INPUT_${key.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`;
