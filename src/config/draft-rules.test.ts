import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodConfig } from '../../test/support/config.ts';
import { SignalboxError } from '../domain/errors.ts';
import { createMatchers } from '../matchers/matchers.ts';
import { parseRules } from './draft-rules.ts';

const matchers = createMatchers();
const present = goodConfig('version: 1\nsecrets: { NPM_TOKEN: "${env:A}" }', { env: { A: 'secret-value' } });
const parse = (text: string) => parseRules(matchers, text, present);

test('draft rules are a list, or a configuration of which only the rules count', () => {
  const rule = '{ name: a, on: push, run: make, secrets: NPM_TOKEN }';
  const [alone] = parse(`- ${rule}`);
  const [within] = parse(`version: 7\nrules:\n  - ${rule}\nsources: { github: { secret: literal } }`);
  assert.equal(alone?.name, 'a');
  assert.deepEqual(alone, within);
  assert.deepEqual(parse('[]'), []);
});

test('what is wrong with draft rules is told with its place', () => {
  const table: readonly (readonly [text: string, ...lines: string[]])[] = [
    [
      '- name: a\n  on: push\n  run: make\n  brnach: main',
      '4:3 [0].brnach: unknown key; did you mean "branch"?',
    ],
    [
      '- name: a\n  on: push',
      '1:3 [0]: does nothing: add `run` with a shell command, `exec` with a program, `dagger` with a function, `adapter` with the name of one, or `buildkite` with a pipeline',
    ],
    [
      'rules:\n  - name: a\n    on: pusj\n    run: make',
      '3:9 rules[0].on: "pusj" is not known: write one of push, patch, tag, canonical, pipeline, schedule, manual; did you mean "push"?',
    ],
    [
      '- { name: a, on: push, run: make, report: github }',
      '1:43 [0].report: GitHub cannot be told without a token: add `sources: { github: { token: "${env:GITHUB_TOKEN}" } }`',
    ],
    ['version: 1', '1:1 rules: is missing'],
    ['', '1:1 rules: is missing'],
    ['x', '1:1: write a section (lines of `key: value`), not a text'],
    [
      '- {',
      '1:4: cannot be read as YAML: Flow map in block collection must be sufficiently indented and end with a }',
    ],
  ];
  for (const [text, ...lines] of table)
    assert.throws(
      () => parse(text),
      (error: unknown) => {
        assert.ok(error instanceof SignalboxError && error.code === 'invalid');
        assert.deepEqual(error.message.split('\n'), lines, text);
        return true;
      },
    );
});
