import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pipelineFacts, workflow } from '../../test/support/tangled/pipeline.ts';
import { pipelineRecord } from './pipeline-records.ts';

test('the record of a pipeline with very many large files names all, and holds a megabyte of them', () => {
  const raw = 'x'.repeat(64 * 1024);
  const names = Array.from({ length: 200 }, (_, n) => `${n}.yml`);
  const large = names.map(name => ({ ...workflow(name), raw }));
  const { workflows } = pipelineRecord(pipelineFacts('3m', { workflows: [...large, workflow('last.yml')] }));
  assert.ok(Array.isArray(workflows));
  assert.deepEqual(
    workflows.map(({ name }) => name),
    [...names, 'last.yml'],
  );
  assert.deepEqual(
    workflows.map(each => each.raw),
    [...Array(16).fill(raw), ...Array(185).fill('')],
  );
});
