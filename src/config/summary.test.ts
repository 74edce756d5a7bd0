import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodConfig } from '../../test/support/config.ts';
import { jobEnvironment } from './env.ts';
import { summary } from './summary.ts';

test('a summary tells what is in force, and of secrets only that they are there', () => {
  const text = `version: 1
transport: "amqp://ci:\${env:A}@rabbit/ci"
public: { port: 80, url: "https://ann:\${env:A}@ci.example.org" }
store: postgres://ann:\${env:A}@db/sb
logs: { bucket: logs, accessKeyId: x, secretAccessKey: "\${env:A}" }
sources:
  github: { secret: ["\${env:A}", "\${env:A}"], token: "\${env:A}" }
  gitlab: { token: "\${env:A}", apiToken: "\${env:A}" }
  gitea: { secret: "\${env:A}" }
reports:
  discord: { url: "\${env:URL}", mention: "@here", when: failure }
  hook: { url: "https://example.org/runs?key=1", secret: "\${env:KEY}" }
secrets: { NPM_TOKEN: "\${env:A}" }
rules: [{ name: unit-tests, on: push, run: "echo hunter2", env: { X: "\${env:A}" } }]`;
  const told = summary(
    goodConfig(text, {
      env: { A: 'secret-value', URL: 'https://discord.test/secret', KEY: `whsec_${'a'.repeat(32)}` },
      file: '/etc/signalbox.yaml',
    }),
  );
  assert.deepEqual(told, {
    file: '/etc/signalbox.yaml',
    public: { host: '0.0.0.0', port: 80, url: 'https://ann:***@ci.example.org' },
    admin: { host: '127.0.0.1', port: 8081 },
    badges: 'signed-in',
    data: '/etc/data',
    store: 'postgres://ann:***@db/sb',
    logs: { bucket: 'logs', endpoint: 'https://s3.us-east-1.amazonaws.com' },
    transport: 'amqp://ci@rabbit/ci',
    sources: {
      github: {
        secrets: 2,
        token: 'set',
        api: 'https://api.github.com',
        catchUp: { repositories: 'those that are known', organizations: [], every: '5m' },
      },
      gitlab: { tokens: 1, secrets: 0, apiToken: 'set', api: 'https://gitlab.com/api/v4' },
      gitea: { secrets: 1, token: 'none', api: null },
      schedule: { timezone: 'UTC' },
    },
    reports: {
      discord: { mention: '@here', when: ['failure'] },
      hook: { url: 'https://example.org/runs?key=1', secrets: 1, allowPrivateHosts: false },
    },
    adapters: [],
    providers: {},
    rules: ['unit-tests'],
    secrets: ['NPM_TOKEN'],
    limits: { body: '25MB', queue: 100_000, log: '100MB', runs: 4, lease: '30s' },
    retention: { events: '30d', deliveryIds: '90d', logs: '30d', logsTotal: '5GB' },
    git: { allowFile: false, allowPrivateHosts: false },
  });
});

test("a job sees only what is on the list of the server's environment", () => {
  const env = {
    PATH: '/bin',
    HOME: '/root',
    LANG: undefined,
    GITHUB_TOKEN: 'secret',
    NODE_OPTIONS: '--x',
    LD_PRELOAD: 'x',
  };
  assert.deepEqual(jobEnvironment(env), { PATH: '/bin', HOME: '/root' });
});
