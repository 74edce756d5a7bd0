import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodConfig, printed } from '../../test/support/config.ts';
import { usualKnobs } from '../domain/adapter.ts';

const around = { env: { PAT: 'a-long-secret', HOME: '/home/ann' }, file: '/etc/signalbox/signalbox.yaml' };

test('an adapter in full, and a rule that names it', () => {
  const config = goodConfig(
    `version: 1
sources: { radicle: { home: ~/.radicle } }
adapters:
  native:
    command: [./native-ci, --verbose]
    env: { LEVEL: debug }
    secretEnv: { GITHUB_PAT: "\${env:PAT}" }
    config: { state: /var/lib/ci }
    configEnv: RADICLE_NATIVE_CI
    protocol: draft
    actionCase: capital
rules:
  - { name: ci, on: [push, patch, canonical], adapter: native }
`,
    around,
  );
  const [adapter] = config.adapters;
  assert.deepEqual(adapter, {
    name: 'native',
    command: ['/etc/signalbox/native-ci', '--verbose'],
    env: { RAD_SOCKET: '/home/ann/.radicle/node/control.sock', LEVEL: 'debug' },
    secretEnv: ['GITHUB_PAT'],
    config: { content: { state: '/var/lib/ci' }, variable: 'RADICLE_NATIVE_CI' },
    radicleHome: '/home/ann/.radicle',
    directory: null,
    dialect: { protocol: 'draft', ...usualKnobs.draft, actionCase: 'capital' },
    strict: false,
    strictExit: false,
  });
  const [rule] = config.rules;
  assert.deepEqual(rule?.action, { kind: 'adapter', adapter });
  assert.deepEqual(rule?.secrets, ['adapters.native.GITHUB_PAT']);
  assert.deepEqual(rule?.concurrency, { group: '{rule}/{repo}/{ref}', limit: 1, busy: 'queue' });
  assert.deepEqual(config.adapterSecrets, { 'adapters.native.GITHUB_PAT': 'a-long-secret' });
});

test('what is wrong with adapters, and with rules that name them', () => {
  const told = printed(
    `version: 1
sources: { github: { secret: "\${env:PAT}" } }
adapters:
  native: { command: ci, config: {}, env: { A: b }, secretEnv: { A: "\${env:PAT}" } }
  other: { command: ci, configEnv: CI, secretEnv: { B: literal-secret } }
rules:
  - { name: ci, on: push, adapter: nativ }
  - { name: two, on: push, adapter: native, run: make }
`,
    around,
  ).join('\n');
  assert.match(told, /adapters\.native\.config: the adapter would not find it: add `configEnv`/);
  assert.match(told, /adapters\.native\.secretEnv\.A: stands in `env` as well/);
  assert.match(told, /adapters\.other\.configEnv: there is no `config`/);
  assert.match(told, /adapters\.other\.secretEnv\.B: a secret does not stand in this file/);
  assert.match(told, /rules\[0\]\.adapter: there is no adapter nativ.*did you mean "?native/s);
  assert.match(told, /rules\[1\]\.adapter: there is a `run` as well/);
});

test('the home of the node is what its own programs take it for', () => {
  const homeOf = (text: string, env: Readonly<Record<string, string>>) =>
    goodConfig(`version: 1\nsources: { radicle: ${text} }`, { env }).radicle;
  const usual = { reconcileMs: 300_000, firstSeen: 'ignore', files: [], passphrase: null };
  assert.deepEqual(homeOf('{}', { HOME: '/home/ann' }), {
    ...usual,
    home: '/home/ann/.radicle',
    socket: '/home/ann/.radicle/node/control.sock',
  });
  assert.deepEqual(homeOf('{}', { HOME: '/home/ann', RAD_HOME: '/rad', RAD_SOCKET: '/run/s' }), {
    ...usual,
    home: '/rad',
    socket: '/run/s',
  });
  assert.deepEqual(homeOf('{ home: /other }', { RAD_HOME: '/rad' }), {
    ...usual,
    home: '/other',
    socket: '/other/node/control.sock',
  });
});
