import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PipelineTrigger } from '../../../domain/pipeline.ts';
import { compileWorkflows } from './compile.ts';

const push = (ref: string): PipelineTrigger => ({ kind: 'push', ref, newSha: 'b', oldSha: 'a' });
const main = push('refs/heads/main');
const pull = (targetBranch: string): PipelineTrigger => ({
  kind: 'pull_request',
  sourceBranch: 'lamps',
  targetBranch,
  sourceSha: 'b',
  action: null,
  pull: null,
});
const byHand: PipelineTrigger = { kind: 'manual', sha: 'b', ref: null, inputs: [] };

interface Case {
  readonly when: string;
  readonly trigger: PipelineTrigger;
  readonly changed?: readonly string[];
  /** Whether it answers, and how that is told. */
  readonly answer: string;
}

const cases: readonly Case[] = [
  { when: '', trigger: main, answer: 'yes: it has no "when", so it always answers' },
  { when: 'when: []', trigger: main, answer: 'yes: it has no "when", so it always answers' },
  {
    when: 'when: [{event: push, branch: main}]',
    trigger: main,
    answer: 'yes: it is a push, branch "main" matches main',
  },
  {
    when: 'when: [{event: [pull_request, push], branch: [develop, "m*"]}]',
    trigger: main,
    answer: 'yes: it is a push, branch "main" matches m*',
  },
  {
    when: 'when: [{event: pull_request, branch: main}]',
    trigger: main,
    answer: 'no: it is a push, not pull_request',
  },
  { when: 'when: [{branch: main}]', trigger: main, answer: 'no: it is a push, and no event is named' },
  {
    when: 'when: [{event: push}]',
    trigger: main,
    answer: 'no: branch "main" matches nothing: no branch is named',
  },
  {
    when: 'when: [{event: push, branch: []}]',
    trigger: main,
    answer: 'no: branch "main" matches nothing: no branch is named',
  },
  {
    when: 'when: [{event: push, branch: develop}]',
    trigger: main,
    answer: 'no: branch "main" is none of develop',
  },
  {
    when: 'when: [{event: push, branch: "*"}]',
    trigger: push('refs/heads/feature/x'),
    answer: 'no: branch "feature/x" is none of *',
  },
  {
    when: 'when: [{event: push, branch: "**"}]',
    trigger: push('refs/heads/feature/x'),
    answer: 'yes: it is a push, branch "feature/x" matches **',
  },
  {
    when: 'when: [{event: push, branch: main}]',
    trigger: push('refs/tags/main'),
    answer: 'no: tag "main" matches nothing: no tag is named',
  },
  {
    when: 'when: [{event: push, tag: "v*"}]',
    trigger: push('refs/tags/v1'),
    answer: 'yes: it is a push, tag "v1" matches v*',
  },
  {
    when: 'when: [{event: push, tag: "v*"}]',
    trigger: push('refs/heads/v1'),
    answer: 'no: branch "v1" matches nothing: no branch is named',
  },
  {
    when: 'when: [{event: push, branch: "**", tag: "**"}]',
    trigger: push('refs/notes/x'),
    answer: 'no: "refs/notes/x" is neither a branch nor a tag',
  },
  {
    when: 'when: [{event: pull_request, branch: main}]',
    trigger: pull('main'),
    answer: 'yes: it is a pull request, target branch "main" matches main',
  },
  {
    when: 'when: [{event: pull_request, branch: lamps}]',
    trigger: pull('main'),
    answer: 'no: target branch "main" is none of lamps',
  },
  {
    when: 'when: [{event: pull_request, tag: main}]',
    trigger: pull('main'),
    answer: 'no: target branch "main" matches nothing: no branch is named',
  },
  { when: 'when: [{event: push}]', trigger: byHand, answer: 'yes: a start by hand asks no condition' },
  {
    when: 'when: [{event: push, branch: main, paths: ["src/**", docs/*.md]}]',
    trigger: main,
    changed: ['README.md', 'src/a/b.ts'],
    answer:
      'yes: it is a push, branch "main" matches main, changed path "src/a/b.ts" matches src/**, docs/*.md',
  },
  {
    when: 'when: [{event: push, branch: main, paths: "src/**"}]',
    trigger: main,
    changed: ['README.md'],
    answer: 'no: no changed path matches src/**: README.md',
  },
  {
    when: 'when: [{event: push, branch: main, paths: "src/**"}]',
    trigger: main,
    changed: [],
    answer: 'no: no path was changed',
  },
  {
    when: 'when: [{event: push, branch: main, paths: "src/**"}]',
    trigger: main,
    answer:
      'yes: it is a push, branch "main" matches main, nobody said which paths changed: counted as matching',
  },
  {
    when: 'when: [{event: push, branch: main, paths: []}]',
    trigger: main,
    changed: ['README.md'],
    answer: 'yes: it is a push, branch "main" matches main',
  },
  {
    when: 'when: [{event: push, branch: develop}, {event: pull_request, branch: main}]',
    trigger: main,
    answer: 'no: none of 2 entries matches: branch "main" is none of develop; it is a push, not pull_request',
  },
  {
    when: 'when: [{event: push, branch: develop}, {event: push, branch: main}, {event: push, branch: "["}]',
    trigger: main,
    answer: 'yes: it is a push, branch "main" matches main',
  },
  {
    when: 'when: [{event: push, branch: "["}]',
    trigger: main,
    answer: 'error: the pattern "[" is malformed: there is a "[" without its "]", or nothing in between',
  },
  {
    when: 'when: [{event: pull_request, branch: "["}]',
    trigger: main,
    answer: 'no: it is a push, not pull_request',
  },
];

for (const { when, trigger, changed, answer } of cases) {
  const what = trigger.kind === 'push' ? `a push of ${trigger.ref}` : trigger.kind;
  const paths = changed === undefined ? '' : ` with ${changed.length} changed paths`;
  test(`${what}${paths}, ${when === '' ? 'no condition' : when}: ${answer}`, () => {
    const { workflows, diagnostics } = compileWorkflows(
      [{ name: 'ci.yml', text: `engine: local\n${when}` }],
      {
        trigger,
        changed: changed ?? null,
      },
    );
    const [told] = diagnostics;
    assert.equal(diagnostics.length, 1);
    assert.equal(told?.holds, workflows.length === 1);
    const word = told?.error ? 'error' : told?.holds ? 'yes' : 'no';
    assert.equal(`${word}: ${told?.text}`, answer.replace(': ', ': ci.yml: '));
  });
}

test('each entry that was looked at is explained, condition by condition', () => {
  const text = 'when: [{event: pull_request, branch: main}, {event: push, branch: main, paths: a}]';
  const { diagnostics } = compileWorkflows([{ name: 'ci.yml', text }], { trigger: main, changed: ['b'] });
  const [file] = diagnostics;
  assert.deepEqual(
    file?.parts.map(({ holds, parts }) => [holds, parts.map(({ holds, text }) => [holds, text])]),
    [
      [false, [[false, 'it is a push, not pull_request']]],
      [
        false,
        [
          [true, 'it is a push'],
          [true, 'branch "main" matches main'],
          [false, 'no changed path matches a: b'],
        ],
      ],
    ],
  );
});
