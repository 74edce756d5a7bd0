import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileWorkflows } from './compile.ts';

test('no files are no workflows', () => {
  const trigger = { kind: 'push', ref: 'refs/heads/main', newSha: 'a', oldSha: 'b' } as const;
  assert.deepEqual(compileWorkflows([], { trigger, changed: null }), { workflows: [], diagnostics: [] });
});
