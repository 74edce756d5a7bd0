import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goodConfig, printed } from '../../test/support/config.ts';
import { daggerVariables } from './env.ts';

const around = {
  env: { A: 'secret-value', DOCKER_HOST: 'unix:///docker', DAGGER_CLOUD_TOKEN: 'not-for-all' },
};
const write = (dagger: string) => `version: 1
secrets: { NPM_TOKEN: "\${env:A}" }
rules:
  - name: a
    on: manual
    secrets: NPM_TOKEN
    env: { PLAIN: x }
    dagger: ${dagger}`;

test('a call of a function', () => {
  const action = (dagger: string) => goodConfig(write(dagger), around).rules[0]?.action;
  assert.deepEqual(action('{ function: test }'), {
    kind: 'dagger',
    dagger: { mode: 'call', module: '.', function: 'test', args: {} },
  });
  const args = '{ src: ".", tags: [a, b], token: "env:NPM_TOKEN", plain: "env:PLAIN" }';
  assert.deepEqual(action(`{ module: ./ci, function: build-image, args: ${args} }`), {
    kind: 'dagger',
    dagger: {
      mode: 'call',
      module: './ci',
      function: 'build-image',
      args: { src: '.', tags: ['a', 'b'], token: 'env:NPM_TOKEN', plain: 'env:PLAIN' },
    },
  });
});

test('functions that answer by their names', () => {
  const action = (dagger: string) => goodConfig(write(dagger), around).rules[0]?.action;
  assert.deepEqual(action('{ as: pocketci }'), {
    kind: 'dagger',
    dagger: { mode: 'pocketci', module: null },
  });
  assert.deepEqual(action('{ as: pocketci, module: ./x }'), {
    kind: 'dagger',
    dagger: { mode: 'pocketci', module: './x' },
  });
});

test('what is wrong with one is told with its place', () => {
  const table: readonly (readonly [dagger: string, ...printed: string[]])[] = [
    ['test', '8:13 rules[0].dagger: write a section (lines of `key: value`), not a text'],
    [
      '{ module: ./ci }',
      '8:13 rules[0].dagger: calls nothing: add `function`, or `as: pocketci` for those that answer to the event by their names',
    ],
    [
      '{ function: "--help" }',
      '8:25 rules[0].dagger.function: the name of a function is made of letters, digits, "_" and "-", and begins with a letter',
    ],
    ['{ function: a, arg: { b: c } }', '8:28 rules[0].dagger.arg: unknown key; did you mean "args"?'],
    [
      '{ function: a, args: { "b c": d } }',
      '8:36 rules[0].dagger.args."b c": the name of an argument is made of letters, digits, "_" and "-", and begins with a letter',
    ],
    [
      '{ function: a, args: { dryRun: true } }',
      '8:44 rules[0].dagger.args.dryRun: write a text, in quotes, or a list of texts',
    ],
    [
      '{ function: a, args: { token: "env:NPM_TOKN", more: [x, "env://HOME"] } }',
      '8:43 rules[0].dagger.args.token: the job has no variable NPM_TOKN: add it to `secrets` of this rule, or to `env`; did you mean "NPM_TOKEN"?',
      '8:69 rules[0].dagger.args.more[1]: the job has no variable HOME: add it to `secrets` of this rule, or to `env`',
    ],
    [
      '{ function: a, args: { token: "${env:A}" } }',
      '8:43 rules[0].dagger.args.token: references are not replaced here: give the value a name under `env`, or under `secrets` if nobody may see it, and write env:NAME',
    ],
    [
      '{ function: a }\n    run: make',
      '8:13 rules[0].dagger: there is a `run` as well, and only one of them can be',
    ],
  ];
  for (const [text, ...expected] of table)
    assert.deepEqual(
      printed(write(text), around),
      expected.map(line => `signalbox.yaml:${line}`),
      text,
    );
});

test('of the environment, what finds an engine is for calls of Dagger, and no token', () => {
  assert.deepEqual(goodConfig(write('{ function: a }'), around).daggerEnvironment, {
    DOCKER_HOST: 'unix:///docker',
  });
});

test('the page about Dagger names each of these variables', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/dagger.md'), 'utf8');
  for (const name of daggerVariables) assert.ok(page.includes(`\`${name}\``), name);
});
