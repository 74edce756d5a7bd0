import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodConfig, printed } from '../../test/support/config.ts';
import { pushEvent } from '../../test/support/events.ts';
import { runId } from '../domain/id.ts';
import { plan } from '../domain/run.ts';

const around = { env: { A: 'secret-value' } };
const buildkite = 'organization: acme, token: "${env:A}"';
const write = (providers: string, rule: string) => `version: 1
secrets: { NPM_TOKEN: "\${env:A}" }
providers: ${providers}
rules:
  - { name: a, on: manual, ${rule} }`;

test('Buildkite, with what is usual', () => {
  const { providers } = goodConfig(write(`{ buildkite: { ${buildkite} } }`, 'run: make'), around);
  assert.deepEqual(providers, {
    fake: false,
    buildkite: {
      api: 'https://api.buildkite.com/v2',
      organization: 'acme',
      token: 'secret-value',
      webhook: null,
      pipelines: ['acme/*'],
      mostBuilds: 50,
      pollMs: 15_000,
    },
  });
});

test('Buildkite, with everything', () => {
  const more =
    'api: "http://127.0.0.1:1/", webhook: { signature: "${env:A}", maxAge: 5m }, pipelines: [app, other/site], builds: 2, poll: 1s';
  const { providers } = goodConfig(
    write(`{ fake: {}, buildkite: { ${buildkite}, ${more} } }`, 'run: make'),
    around,
  );
  assert.deepEqual(providers, {
    fake: true,
    buildkite: {
      api: 'http://127.0.0.1:1/v2',
      organization: 'acme',
      token: 'secret-value',
      webhook: { mode: 'signature', secret: 'secret-value', maxAgeMs: 300_000 },
      pipelines: ['acme/app', 'other/site'],
      mostBuilds: 2,
      pollMs: 1_000,
    },
  });
});

test('a rule that has something built: it holds no slot, and outlives every restart', () => {
  const text = write(
    `{ buildkite: { ${buildkite} } }`,
    'buildkite: { pipeline: app, message: Hi }, retry: { lost: 0 }',
  );
  const [rule] = goodConfig(text, around).rules;
  assert.ok(rule);
  const made = { id: runId('0'), at: 0, blockedBy: null, workflow: null };
  const { pool, retryLost } = plan(rule, pushEvent(), made).plan;
  assert.deepEqual([pool, retryLost], ['providers', 10_000]);
  const settings = { pipeline: 'app', message: 'Hi', cleanCheckout: false, ignoreBranchFilters: false };
  assert.deepEqual(rule.action, { kind: 'provider', call: { provider: 'buildkite', settings } });
});

test('what is wrong is told with its place', () => {
  const table: readonly (readonly [providers: string, rule: string, ...printed: string[]])[] = [
    [
      '{}',
      'buildkite: { pipeline: app }',
      '5:39 rules[0].buildkite: there is no Buildkite yet: add `providers: { buildkite: { organization: acme, token: "${env:BUILDKITE_TOKEN}" } }`',
    ],
    [
      `{ buildkite: { ${buildkite}, pipelines: [site] } }`,
      'buildkite: { pipeline: app }',
      '5:51 rules[0].buildkite.pipeline: acme/app is not among providers.buildkite.pipelines',
    ],
    [
      `{ buildkite: { ${buildkite} } }`,
      'buildkite: { pipeline: app }, secrets: NPM_TOKEN',
      '5:67 rules[0].secrets: would be shown at Buildkite to everybody who may see the build: keep secrets there',
    ],
    [
      `{ buildkite: { ${buildkite} } }`,
      'buildkite: { pipeline: "a b" }',
      '5:51 rules[0].buildkite.pipeline: write what the address at Buildkite ends with: letters, digits, "-", "_" and "."',
    ],
    [
      `{ buildkite: { ${buildkite} } }`,
      'buildkite: { pipeline: app }, run: make',
      '5:39 rules[0].buildkite: there is a `run` as well, and only one of them can be',
    ],
    [
      `{ buildkite: { ${buildkite}, webhook: {} } }`,
      'run: make',
      "3:75 providers.buildkite.webhook: needs the webhook's token, as `token` where it is sent, or as `signature` where it signs",
    ],
    [
      `{ buildkite: { ${buildkite}, webhook: { token: "\${env:A}", signature: "\${env:A}" } } }`,
      'run: make',
      '3:107 providers.buildkite.webhook.signature: there is a `token` as well: a webhook proves itself in one way',
    ],
    [
      `{ buildkite: { ${buildkite}, webhook: { token: "\${env:A}", maxAge: 5m } } }`,
      'run: make',
      '3:104 providers.buildkite.webhook.maxAge: only what is signed says when it was made: it needs `signature`',
    ],
    [
      '{ buildkite: { organization: acme, token: plain } }',
      'run: make',
      '3:54 providers.buildkite.token: a secret does not stand in this file: write "${env:NAME}" or "${file:PATH}", and put it there',
    ],
    [
      `{ buildkite: { ${buildkite}, pipelines: ["[app"] } }`,
      'run: make',
      '3:78 providers.buildkite.pipelines[0]: this [ is never closed: write \\[ for a bracket',
    ],
  ];
  for (const [providers, rule, ...expected] of table)
    assert.deepEqual(
      printed(write(providers, rule), around),
      expected.map(line => `signalbox.yaml:${line}`),
      providers,
    );
});
