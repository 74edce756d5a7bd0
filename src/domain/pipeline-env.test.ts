import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pipelineEvent } from '../../test/support/pipelines.ts';
import type { PipelineFacts, PipelineTrigger } from './pipeline.ts';
import { pipelineEnv } from './pipeline-env.ts';

const all = {
  CI: 'true',
  TANGLED_PIPELINE_ID: 'at://did:web:knot.example/sh.tangled.pipeline/3mrz7j62e5v2l',
  TANGLED_REPO_KNOT: 'knot.example',
  TANGLED_REPO_DID: 'did:plc:pat',
  TANGLED_REPO_NAME: 'harbour',
  TANGLED_REPO_REPO_DID: 'did:plc:repo',
  TANGLED_REPO_DEFAULT_BRANCH: 'main',
  TANGLED_REPO_URL: 'https://knot.example/did:plc:repo',
};
const commit = { TANGLED_SHA: 'b', TANGLED_COMMIT_SHA: 'b' };
const push = (ref: string): PipelineTrigger => ({ kind: 'push', ref, newSha: 'b', oldSha: 'a' });
const pull = {
  kind: 'pull_request',
  sourceBranch: 'lamps',
  targetBranch: 'main',
  sourceSha: 'b',
  pull: null,
} as const;
const ofPull = {
  ...commit,
  TANGLED_PIPELINE_KIND: 'pull_request',
  TANGLED_REF: 'refs/heads/lamps',
  TANGLED_REF_NAME: 'lamps',
  TANGLED_REF_TYPE: 'branch',
  TANGLED_PR_SOURCE_BRANCH: 'lamps',
  TANGLED_PR_TARGET_BRANCH: 'main',
  TANGLED_PR_SOURCE_SHA: 'b',
};

const cases: readonly {
  readonly what: string;
  readonly trigger: PipelineTrigger;
  readonly own: Readonly<Record<string, string>>;
}[] = [
  {
    what: 'a push of a branch',
    trigger: push('refs/heads/feature/x'),
    own: {
      ...commit,
      TANGLED_PIPELINE_KIND: 'push',
      TANGLED_REF: 'refs/heads/feature/x',
      TANGLED_REF_NAME: 'feature/x',
      TANGLED_REF_TYPE: 'branch',
    },
  },
  {
    what: 'a push of a tag',
    trigger: push('refs/tags/v1'),
    own: {
      ...commit,
      TANGLED_PIPELINE_KIND: 'push',
      TANGLED_REF: 'refs/tags/v1',
      TANGLED_REF_NAME: 'v1',
      TANGLED_REF_TYPE: 'tag',
    },
  },
  {
    what: 'a push of something else',
    trigger: push('refs/notes/x'),
    own: {
      ...commit,
      TANGLED_PIPELINE_KIND: 'push',
      TANGLED_REF: 'refs/notes/x',
      TANGLED_REF_NAME: 'refs/notes/x',
    },
  },
  { what: 'a pull request', trigger: { ...pull, action: null }, own: ofPull },
  {
    what: 'a pull request of an older knot',
    trigger: { ...pull, action: 'create' },
    own: { ...ofPull, TANGLED_PR_ACTION: 'create' },
  },
  {
    what: 'a start by hand',
    trigger: {
      kind: 'manual',
      sha: 'b',
      ref: 'refs/heads/main',
      inputs: [
        { key: 'channel', value: 'beta' },
        { key: 'dry-run', value: '' },
      ],
    },
    own: {
      ...commit,
      TANGLED_PIPELINE_KIND: 'manual',
      TANGLED_REF: 'refs/heads/main',
      TANGLED_REF_NAME: 'main',
      TANGLED_REF_TYPE: 'branch',
      TANGLED_INPUT_CHANNEL: 'beta',
      TANGLED_INPUT_DRY_RUN: '',
    },
  },
  {
    what: 'a start by hand of an older knot',
    trigger: { kind: 'manual', sha: '', ref: null, inputs: [] },
    own: { TANGLED_PIPELINE_KIND: 'manual' },
  },
];

const factsOf = (changes: Partial<PipelineFacts>) => {
  const { pipeline, repo } = pipelineEvent(changes);
  assert.ok(pipeline);
  return { pipeline, repo };
};

for (const { what, trigger, own } of cases)
  test(`the environment of ${what}`, () => {
    const { pipeline, repo } = factsOf({ trigger });
    assert.deepEqual(pipelineEnv(pipeline, repo), { ...all, ...own });
  });

test('what is not known of the repository is left out, or empty', () => {
  const { pipeline } = factsOf({
    repo: { ownerDid: 'did:plc:pat', name: null, repoDid: null, defaultBranch: null },
  });
  const env = pipelineEnv(pipeline, null);
  assert.deepEqual([env['TANGLED_REPO_DEFAULT_BRANCH'], env['TANGLED_REPO_URL']], ['', '']);
  assert.ok(!('TANGLED_REPO_NAME' in env) && !('TANGLED_REPO_REPO_DID' in env));
});
