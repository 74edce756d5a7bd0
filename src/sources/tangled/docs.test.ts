import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pipelineEvent } from '../../../test/support/pipelines.ts';
import type { PipelineTrigger } from '../../domain/pipeline.ts';
import { pipelineEnv } from '../../domain/pipeline-env.ts';
import { compileWorkflows } from './workflow/compile.ts';
import { createGlob, usualEffort } from './workflow/glob.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/tangled-workflows.md'), 'utf8');
const blocks = [...page.matchAll(/```yml\n(.*?)```/gs)].map(([, text = '']) => text);

test('the examples are workflows that answer to a push, one here and one elsewhere', () => {
  const trigger = { kind: 'push', ref: 'refs/heads/main', newSha: 'b', oldSha: 'a' } as const;
  const files = blocks.map((text, n) => ({ name: `${n}.yml`, text }));
  const { workflows } = compileWorkflows(files, { trigger, changed: ['lib/a.ts'] });
  assert.deepEqual(
    workflows.map(({ problem, notices, provider, steps }) => [
      problem,
      notices,
      provider?.name,
      steps.length,
    ]),
    [
      [null, [], undefined, 2],
      [null, [], 'buildkite', 0],
    ],
  );
});

test('every pattern matches what the page says, and nothing that it denies', () => {
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (`.*?) \| (.*?) ?\|$/gm)].slice(0, 8);
  assert.equal(rows.length, 8);
  for (const [, pattern = '', yes = '', no = ''] of rows)
    for (const [names, expected] of [
      [yes, true],
      [no, false],
    ] as const)
      for (const [, name = ''] of names.matchAll(/`([^`]+)`/g))
        assert.equal(
          createGlob(pattern).matches(name, { left: usualEffort }),
          expected,
          `${pattern} ${name}`,
        );
});

test('the page names every variable that Tangled has, and no other', () => {
  const triggers: readonly PipelineTrigger[] = [
    { kind: 'push', ref: 'refs/heads/main', newSha: 'b', oldSha: 'a' },
    {
      kind: 'pull_request',
      sourceBranch: 'a',
      targetBranch: 'b',
      sourceSha: 'c',
      action: 'create',
      pull: null,
    },
  ];
  const names = triggers.flatMap(trigger => {
    const { pipeline, repo } = pipelineEvent({ trigger });
    return pipeline === null ? [] : Object.keys(pipelineEnv(pipeline, repo));
  });
  const [, table = ''] = /\| variable \| value \|(.*?)\n\n/s.exec(page) ?? [];
  const told = [...table.matchAll(/`(CI|TANGLED_[A-Z_]+[A-Z])`/g)].map(([, name = '']) => name);
  assert.deepEqual([...new Set(told)].toSorted(), [...new Set(names)].toSorted());
});
