import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workflowsOfRecord } from './record.ts';

const raw =
  'when: [{event: pull_request}]\nengine: nixery\nenvironment: { A: 1 }\nsteps: [{name: t, command: make}]';

test('a knot has chosen already: its workflows are read without asking their conditions', () => {
  const { workflows, diagnostics } = workflowsOfRecord([
    { name: 'ci.yml', engine: 'nixery', clone: { skip: false, depth: 0, submodules: false }, raw },
  ]);
  assert.deepEqual(workflows, [
    {
      name: 'ci.yml',
      engine: 'nixery',
      raw,
      clone: { skip: false, depth: 1, submodules: false, tags: false },
      env: { A: '1' },
      steps: [{ name: 't', command: 'make', env: {} }],
      provider: null,
      problem: null,
      notices: [],
    },
  ]);
  assert.deepEqual(
    diagnostics.map(({ holds, text }) => [holds, text]),
    [[true, 'ci.yml: the knot says that it answers']],
  );
});

test('what the record says goes before what the file says', () => {
  const [workflow] = workflowsOfRecord([
    { $type: '', name: 'a', engine: 'other', clone: { skip: true, depth: 5, submodules: true }, raw },
  ]).workflows;
  assert.equal(workflow?.problem, 'unknown engine "other"');
  assert.deepEqual(workflow.clone, { skip: true, depth: 5, submodules: true, tags: false });
});

test('entries that are null, or nameless, are left out; what else is missing is not', () => {
  const { workflows } = workflowsOfRecord([null, 5, {}, { name: '' }, { name: 'a', clone: null, raw }]);
  assert.deepEqual(
    workflows.map(({ name, engine }) => [name, engine]),
    [['a', 'nixery']],
  );
  for (const listed of [null, 'x', 5, {}, []])
    assert.deepEqual(workflowsOfRecord(listed), { workflows: [], diagnostics: [] });
});

test('a knot that names a workflow twice, or thousands of them, makes no run of each', () => {
  const all = Array.from({ length: 2_000 }, (_, n) => ({ name: `w${n}.yml`, engine: 'local', raw }));
  const { workflows, diagnostics } = workflowsOfRecord([...all.slice(0, 1), ...all]);
  assert.deepEqual(
    workflows.map(({ name }) => name),
    all.slice(0, 200).map(({ name }) => name),
  );
  assert.deepEqual(diagnostics.at(-1)?.text, '1800 more than 200 are left out');
  assert.deepEqual(workflowsOfRecord([{ name: 'x'.repeat(256), raw }]).workflows, []);
});

test('a file that cannot be read is a workflow that fails, and says why', () => {
  const { workflows } = workflowsOfRecord([
    { name: 'a', engine: 'nixery', raw: 'steps: make' },
    { name: 'b', engine: 'nixery' },
  ]);
  assert.deepEqual(
    workflows.map(({ problem }) => problem),
    ['the workflow cannot be read: line 1: steps takes a list', 'the workflow cannot be read: it is empty'],
  );
});
