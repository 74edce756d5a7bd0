import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Workflow } from '../../../domain/pipeline.ts';
import { compileWorkflows } from './compile.ts';
import { workflowsOfRecord } from './record.ts';

const occasion = {
  trigger: { kind: 'push', ref: 'refs/heads/main', newSha: 'b', oldSha: 'a' },
  changed: null,
} as const;

function compiled(text: string): Workflow {
  const { workflows, diagnostics } = compileWorkflows([{ name: 'ci.yml', text }], occasion);
  const [workflow] = workflows;
  assert.ok(workflow, diagnostics[0]?.text);
  return workflow;
}

test('a workflow is read with all that it has', () => {
  const text = `
when:
  - event: push
    branch: main
engine: nixery
clone: { depth: 10, submodules: false }
environment:
  NODE_VERSION: 18.10
  QUIET: yes
  EMPTY:
steps:
  - name: unit tests
    command: |
      npm ci
      npm test
    environment: { LEVEL: 2 }
  - command: echo done
`;
  assert.deepEqual(compiled(text), {
    name: 'ci.yml',
    engine: 'nixery',
    raw: text,
    clone: { skip: false, depth: 10, submodules: false, tags: true },
    env: { NODE_VERSION: '18.10', QUIET: 'yes', EMPTY: '' },
    steps: [
      { name: 'unit tests', command: 'npm ci\nnpm test\n', env: { LEVEL: '2' } },
      { name: 'step 2', command: 'echo done', env: {} },
    ],
    provider: null,
    problem: null,
    notices: [],
  });
});

const clones: readonly (readonly [text: string, clone: Partial<Workflow['clone']>, notices?: string[]])[] = [
  ['a: 1', { skip: false, depth: 1, submodules: true, tags: true }],
  ['clone: {}', { skip: false, depth: 1, submodules: true, tags: true }],
  ['clone:', { skip: false, depth: 1, submodules: true, tags: true }],
  ['clone: { depth: 0 }', { depth: 1 }],
  ['clone: { depth: -1 }', { depth: 1 }],
  ['clone: { depth: 250, tags: false, submodules: no }', { depth: 250, tags: false, submodules: false }],
  ['clone: { skip: true }', { skip: true }, []],
  [
    'clone: { skip: true, depth: 3, submodules: true }',
    { skip: true },
    ['clone.skip leaves nothing to clone; without effect: clone.depth, clone.submodules'],
  ],
  [
    'clone: { skip: yes, depth: 3 }',
    { skip: true },
    ['clone.skip leaves nothing to clone; without effect: clone.depth'],
  ],
];
for (const [text, clone, notices] of clones)
  test(`cloning with ${text}`, () => {
    const workflow = compiled(text);
    assert.deepEqual({ ...workflow.clone, ...clone }, workflow.clone);
    assert.deepEqual(workflow.notices, notices ?? []);
  });

const engines: readonly (readonly [engine: string, problem: string | null])[] = [
  ['a: 1', null],
  ['engine: ', null],
  ['engine: local', null],
  ['engine: nixery', null],
  ['engine: microvm', null],
  ['engine: kubernetes', 'unknown engine "kubernetes"'],
];
for (const [text, problem] of engines)
  test(`${text}: ${problem ?? 'the engine that is here'}`, () => {
    assert.equal(compiled(text).problem, problem);
  });

test('what the engine does not have is said, not ignored', () => {
  assert.deepEqual(
    compiled(`
engine: microvm
image: alpine
dependencies: [nodejs]
services: { db: {} }
caches:
  - npm
virtualisation: { memory: 1 }
registry: r
unknown: x
`).notices.map(notice => notice.split(':')[0]),
    [
      'dependencies are not installed',
      'there is no image',
      'there is no registry',
      'there are no caches',
      'services are not started',
      'there is no virtual machine',
    ],
  );
});

const providers: readonly (readonly [text: string, provider: Workflow['provider'], problem?: string])[] = [
  ['a: 1', null],
  ['tack:', null],
  ['tack: { buildkite: { pipeline: web } }', { name: 'buildkite', settings: { pipeline: 'web' } }],
  [
    'signalbox: { buildkite: { pipeline: web, retry: 2, clean: true, more: [null, 1.5] } }',
    {
      name: 'buildkite',
      settings: { pipeline: 'web', retry: 2, clean: true, more: [null, 1.5] },
    },
  ],
  ['signalbox: buildkite', { name: 'buildkite', settings: null }],
  ['signalbox: { buildkite: web }', { name: 'buildkite', settings: 'web' }],
  ['signalbox: { fake: }', { name: 'fake', settings: null }],
  ['tack: { a: 1 }\nsignalbox: { b: 2 }', { name: 'b', settings: 2 }],
  [
    'tack: { buildkite: {}, tekton: {} }',
    null,
    'tack names several providers (buildkite, tekton): a workflow runs at one',
  ],
  ['signalbox: {}', null, 'signalbox names no provider: write "signalbox: { buildkite: { pipeline: … } }"'],
  ['tack: 5', null, 'tack names no provider: write "tack: { buildkite: { pipeline: … } }"'],
  ['tack: [a]', null, 'tack names no provider: write "tack: { buildkite: { pipeline: … } }"'],
];
for (const [text, provider, problem] of providers)
  test(`the provider of ${text}`, () => {
    const workflow = compiled(text);
    assert.deepEqual(workflow.provider, provider);
    assert.equal(workflow.problem, problem ?? null);
  });

test('what another CI service runs needs no engine of ours', () => {
  const { problem, notices } = compiled('engine: other\ndependencies: [a]\nsteps: [{name: x}]\ntack: fake');
  assert.deepEqual([problem, notices], [null, []]);
});

test('a step without a command is a problem, not a success', () => {
  assert.equal(compiled('steps: [{name: build, run: make}]').problem, 'the step "build" has no command');
});

test('files that would take a minute to read together are not all read', () => {
  // Of what one file may have; one that is longer is refused at once, and is none of them.
  const text = `engine: local\n${'#\n'.repeat(32_000)}`;
  const files = Array.from({ length: 200 }, (_, n) => ({ name: `${n}.yml`, text }));
  const { workflows, diagnostics } = compileWorkflows(
    [{ name: 'a.csv', text: 'x'.repeat(500_000) }, ...files],
    occasion,
  );
  assert.deepEqual(
    workflows.map(({ name }) => name),
    files.slice(0, 8).map(({ name }) => name),
  );
  assert.equal(
    diagnostics.at(-1)?.text,
    '199.yml: the files before it are so long that it is not read: together, 512 KiB are',
  );
  const recorded = workflowsOfRecord(files.map(({ name, text: raw }) => ({ name, raw })));
  assert.equal(recorded.workflows.filter(({ problem }) => problem === null).length, 8);
});

test('anchors, aliases and merges are followed', () => {
  const { steps, env } = compiled(`
environment: &base { A: "1", B: "2" }
steps:
  - command: one
    environment: { <<: *base, B: "3" }
  - command: two
    environment: *base
`);
  assert.deepEqual(
    steps.map(({ env }) => env),
    [{ A: '1', B: '3' }, env],
  );
});

const broken: readonly (readonly [what: string, text: string, told: string | RegExp])[] = [
  ['nothing', '', 'it is empty'],
  ['a comment alone', '# later', 'it is empty'],
  ['a text', 'hello', 'line 1: a workflow takes a map of keys and values'],
  ['a list', '- a', 'line 1: a workflow takes a map of keys and values'],
  ['no YAML', 'a: 1\nb: [', /^line 2: /],
  ['a key twice', 'engine: a\nengine: b', 'line 2: the key "engine" is there twice'],
  ['steps that are none', 'steps: make', 'line 1: steps takes a list'],
  ['a step that is a text', 'steps:\n  - make', 'line 2: a step takes a map of keys and values'],
  ['a command that is a list', 'steps:\n - command: [a]', 'line 2: the command of a step takes a text'],
  ['a flag that is none', 'clone:\n  skip: maybe', 'line 2: clone.skip is true or false'],
  ['a depth that is none', 'clone: { depth: all }', 'line 1: clone.depth takes a whole number'],
  ['an environment that is a list', 'environment: [A]', 'line 1: environment takes names and values'],
  ['a condition that is a text', 'when: push', 'line 1: when takes a list'],
  ['an entry that is a text', 'when: [push]', 'line 1: an entry of when takes a map of keys and values'],
  ['a branch that is a map', 'when: [{event: push, branch: {a: 1}}]', 'line 1: when.branch takes a text'],
  [
    'a command with a NUL',
    'steps:\n  - command: "a\\0b"',
    'line 2: the command of a step holds a NUL character, which no program can be given',
  ],
  ['a variable with a NUL', 'environment:\n  A: "\\0"', /^line 2: environment holds a NUL/],
  [
    'a second document',
    'engine: local\n---\na: b',
    'line 2: a second document begins: a workflow file has one',
  ],
  ['an alias of nothing', 'a: *b', /anchor/],
  ['an anchor within itself', 'a: &a [*a]', 'it is nested too deeply'],
  ['deep nesting', '['.repeat(20_000), 'it is nested too deeply'],
  ['a great length', `a: ${'x'.repeat(70_000)}`, 'it is longer than 64 KiB'],
  [
    'aliases that multiply',
    `a0: &a0 [x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(8)}]`).join('\n')}`,
    /more than 20000 values, anchors followed/,
  ],
  [
    'a long text that a few aliases make gigabytes',
    `a: &a "${'x'.repeat(30_000)}"
environment:
${Array.from({ length: 2_000 }, (_, n) => `  E${n}: *a`).join('\n')}`,
    'line 1: there are more than 256 KiB of text, anchors followed',
  ],
];
for (const [what, text, told] of broken)
  test(`${what} is an error of that file alone`, () => {
    const files = [
      { name: 'broken.yml', text },
      { name: 'fine.yml', text: 'engine: local' },
    ];
    const { workflows, diagnostics } = compileWorkflows(files, occasion);
    assert.deepEqual(
      workflows.map(({ name }) => name),
      ['fine.yml'],
    );
    const [first] = diagnostics;
    assert.ok(first?.error && first.holds === false);
    assert.match(
      first.text,
      typeof told === 'string' ? new RegExp(`^broken.yml: ${escapeRegExp(told)}$`) : /^broken/,
    );
    if (typeof told !== 'string') assert.match(first.text.replace('broken.yml: ', ''), told);
  });

const escapeRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

test('all files together may do so much matching and no more', () => {
  const text = `when: [{event: push, branch: a, paths: ["${'**/a'.repeat(240)}"]}, {event: push, branch: main, paths: ["${'**/a'.repeat(240)}"]}]`;
  const files = Array.from({ length: 3 }, (_, n) => ({ name: `${n}.yml`, text }));
  const changed = Array.from({ length: 100 }, () => 'a/'.repeat(2_000));
  const { diagnostics } = compileWorkflows(files, { ...occasion, changed });
  assert.deepEqual(
    diagnostics.map(({ error }) => error),
    [true, true, true],
  );
  assert.match(diagnostics[0]?.text ?? '', /takes too long/);
});

test('no files are no workflows', () => {
  assert.deepEqual(compileWorkflows([], occasion), { workflows: [], diagnostics: [] });
});

test('whatever a file holds, it is a workflow or told why not', () => {
  const key = fc.constantFrom(
    'when',
    'engine',
    'clone',
    'steps',
    'environment',
    'tack',
    'event',
    'branch',
    'x',
  );
  const { value } = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom('push', '[', '**'),
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.string({ unit: fc.constantFrom(...Array.from(': -[]{}&*!|>\'"%@`#,?\n\tab1<')), maxLength: 60 }),
    fc.dictionary(key, value).map(file => JSON.stringify(file)),
  );
  fc.assert(
    fc.property(text, text => {
      const { workflows, diagnostics } = compileWorkflows([{ name: 'x', text }], occasion);
      assert.equal(diagnostics.length, 1);
      assert.equal(diagnostics[0]?.holds, workflows.length === 1);
      assert.doesNotMatch(diagnostics[0]?.text ?? '', /undefined|\[object/);
    }),
    { numRuns: 1_000 },
  );
});
