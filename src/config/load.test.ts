import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { goodConfig, printed, readConfig } from '../../test/support/config.ts';
import { createMatchers } from '../matchers/matchers.ts';
import { noOverrides } from './assemble.ts';
import { loadConfig } from './load.ts';
import { formatProblem } from './problem.ts';

const needs = { checks: createMatchers(), env: {} };

/** A rule that is in order but for what a test writes into it; its first line is line 3. */
const rule = (...lines: readonly string[]) =>
  ['version: 1', 'rules:', ...lines.map((line, n) => `${n === 0 ? '  - ' : '    '}${line}`), ''].join('\n');
const good = ['name: a', 'on: push', 'run: make'];

test('without anything but its version: the defaults', () => {
  assert.deepEqual(goodConfig('version: 1', { file: '/etc/signalbox/signalbox.yaml' }), {
    file: '/etc/signalbox/signalbox.yaml',
    public: { host: '0.0.0.0', port: 8080, url: null },
    admin: { host: '127.0.0.1', port: 8081, url: null },
    badges: 'signed-in',
    dataDir: '/etc/signalbox/data',
    store: { kind: 'sqlite' },
    logs: null,
    transport: { kind: 'embedded' },
    agent: null,
    github: null,
    gitlab: null,
    gitea: null,
    hooks: null,
    scripts: null,
    radicle: null,
    garden: null,
    tangled: null,
    schedule: { timezone: 'UTC' },
    reports: { discord: null, hook: null },
    lightspeed: null,
    adapters: [],
    providers: { buildkite: null, fake: false },
    adapterSecrets: {},
    rules: [],
    secrets: {},
    secretFiles: [],
    daggerEnvironment: {},
    limits: { bodyBytes: 25_000_000, queue: 100_000, logBytes: 100_000_000, runs: 4, leaseMs: 30_000 },
    retention: {
      eventsMs: 30 * 86_400_000,
      deliveryIdsMs: 90 * 86_400_000,
      logsMs: 30 * 86_400_000,
      logsTotalBytes: 5e9,
    },
    git: { allowFile: false, allowPrivateHosts: false, roomBytes: 20e9 },
  });
});

test('everything that can be written', () => {
  const text = `
version: 1
public: { host: "::", port: "\${env:PORT}", url: "https://ci.example.org/" }
admin: { host: 10.0.0.1, port: 0, url: "http://ci.internal:8081" }
badges: anyone
data: ~/signalbox
store: sqlite
transport: embedded
sources:
  github: { secret: ["\${env:NEW}", "\${env:OLD}"], token: "\${env:TOKEN}", api: "https://ghe.example.org/api/v3/", catchUp: { repositories: [acme/app.js], organizations: [acme], every: 15m } }
  gitlab: { token: ["\${env:NEW}", "\${env:OLD}"], secret: "\${env:KEY}", apiToken: "\${env:TOKEN}", api: "https://gitlab.example.org/api/v4/" }
  gitea: { secret: "\${env:NEW}", token: "\${env:TOKEN}", api: "https://git.example.org/api/v1/" }
  hooks: { files: [a.json, /b.yaml], checkout: true, fromRepository: { repositories: acme/*, secret: "\${env:NEW}" } }
  scripts: { dir: scripts, executors: [node, sh], path: /run, token: ["\${env:NEW}", "\${env:OLD}"], rateLimit: 9, env: { A: b }, secrets: NPM_TOKEN, timeout: 5m, concurrency: { limit: 2, busy: reject } }
  schedule: { timezone: Europe/Berlin }
secrets: { NPM_TOKEN: "\${env:TOKEN}" }
limits: { body: 5MB, queue: 10, log: 65536, runs: 1, lease: 1m }
retention: { events: 7d, deliveryIds: 35d, logs: 12h, logsTotal: 500MB }
git: { allowFile: true, allowPrivateHosts: true, room: 2GB }
rules: []`;
  const key = `whsec_${'A'.repeat(43)}=`;
  const env = {
    PORT: '9090',
    NEW: 'new-secret',
    OLD: 'old-secret',
    KEY: key,
    TOKEN: 'token-1234',
    HOME: '/home/ann',
  };
  assert.deepEqual(goodConfig(text, { env, file: '/etc/signalbox.yaml' }), {
    file: '/etc/signalbox.yaml',
    public: { host: '::', port: 9090, url: 'https://ci.example.org' },
    admin: { host: '10.0.0.1', port: 0, url: 'http://ci.internal:8081' },
    badges: 'anyone',
    dataDir: '/home/ann/signalbox',
    store: { kind: 'sqlite' },
    logs: null,
    transport: { kind: 'embedded' },
    agent: null,
    github: {
      secrets: ['new-secret', 'old-secret'],
      token: 'token-1234',
      api: 'https://ghe.example.org/api/v3',
      catchUp: { repositories: ['acme/app.js'], organizations: ['acme'], everyMs: 900_000 },
    },
    gitlab: {
      tokens: ['new-secret', 'old-secret'],
      secrets: [key],
      apiToken: 'token-1234',
      api: 'https://gitlab.example.org/api/v4',
    },
    gitea: { secrets: ['new-secret'], token: 'token-1234', api: 'https://git.example.org/api/v1' },
    hooks: {
      files: ['/etc/a.json', '/b.yaml'],
      checkout: true,
      async: false,
      fromRepository: {
        repositories: ['acme/*'],
        branches: ['$default'],
        secrets: ['new-secret'],
      },
    },
    scripts: {
      folder: '/etc/scripts',
      writtenFolder: 'scripts',
      mount: '/run',
      interpreters: ['node', 'sh'],
      interpreterPaths: true,
      tokens: ['new-secret', 'old-secret'],
      rateLimit: 9,
      cwd: null,
      env: { A: 'b' },
      secrets: ['NPM_TOKEN'],
      timeoutMs: 300_000,
      concurrency: { group: '{rule}/{script}', limit: 2, busy: 'reject' },
    },
    radicle: null,
    garden: null,
    tangled: null,
    schedule: { timezone: 'Europe/Berlin' },
    reports: { discord: null, hook: null },
    lightspeed: null,
    adapters: [],
    providers: { buildkite: null, fake: false },
    adapterSecrets: {},
    rules: [],
    secrets: { NPM_TOKEN: 'token-1234' },
    secretFiles: [],
    daggerEnvironment: {},
    limits: { bodyBytes: 5_000_000, queue: 10, logBytes: 65_536, runs: 1, leaseMs: 60_000 },
    retention: {
      eventsMs: 7 * 86_400_000,
      deliveryIdsMs: 35 * 86_400_000,
      logsMs: 43_200_000,
      logsTotalBytes: 5e8,
    },
    git: { allowFile: true, allowPrivateHosts: true, roomBytes: 2e9 },
  });
});

test('the command line wins over the file', () => {
  const overrides = { host: '127.0.0.1', port: 0, adminPort: 9, data: 'elsewhere', hooks: undefined };
  const config = goodConfig('version: 1\ndata: /var/lib/x', { overrides });
  assert.deepEqual(config.public, { host: '127.0.0.1', port: 0, url: null });
  assert.deepEqual(config.admin, { host: '127.0.0.1', port: 9, url: null });
  assert.equal(config.dataDir, join(process.cwd(), 'elsewhere'));
});

test('mistakes are told where they are, and how to mend them', () => {
  const table: readonly (readonly [text: string, ...printed: string[]])[] = [
    [rule(...good, 'brnach: main'), '6:5 rules[0].brnach: unknown key; did you mean "branch"?'],
    [
      rule(...good, 'services: 1'),
      '6:5 rules[0].services: unknown key; known here: name, on, repo, branch, paths, action, if, cron, run, exec, directory, dagger, adapter, buildkite, env, secrets, pool, timeout, retry, concurrency, trust, isolation, report',
    ],
    [
      rule(...good, 'concurrency: { group: "{repository}" }'),
      '6:27 rules[0].concurrency.group: may name {rule}, {repo}, {branch}, {ref}, {sha}, {actor}, {script} and nothing else in braces',
    ],
    ['version: 1\nlimts: {}', '2:1 limts: unknown key; did you mean "limits"?'],
    ['version: 1\nlimits:\n  runs: many', '3:9 limits.runs: write a whole number from 1 to 1000'],
    ['', '1:1 version: is missing: write `version: 1`'],
    ['version: 2', '1:10 version: write `version: 1`'],
    ['version: 1\nrules: {}', '2:8 rules: write a list, not a section'],
    ['version: 1\nadmin:', '2:7 admin: is empty: write a section (lines of `key: value`)'],
    ['version: 1\nadmin: { port: 70000 }', '2:16 admin.port: write a whole number from 0 to 65535'],
    [
      'version: 1\npublic: { host: a, port: 80 }\nadmin: { host: a, port: 80 }',
      "3:25 admin.port: is the public door's port as well: they cannot share 80",
    ],
    [
      'version: 1\npublic: { url: ci.example.org }',
      '2:16 public.url: write an address that begins with https:// or http://',
    ],
    [
      'version: 1\npublic: { host: "::", port: 80 }\nadmin: { port: 80 }',
      "3:16 admin.port: is the public door's port as well: they cannot share 80",
    ],
    ['version: 1\nlimits: { body: 800 }', '2:17 limits.body: must be between 1KB and 256MB'],
    [
      'version: 1\nstore: mysql://x',
      '2:8 store: write "sqlite", or the address of a PostgreSQL database: postgres://user@host/database',
    ],
    [
      'version: 1\nstore: postgres://ann:hunter2@x/y',
      '2:8 store: a password does not stand in this file: write "${env:NAME}" in its place, and put it there',
    ],
    [
      'version: 1\nlogs: { bucket: logs, accessKeyId: a, secretAccessKey: b }',
      '2:7 logs: logs are kept in a bucket for several control planes, which share a `store: postgres://…`',
      '2:56 logs.secretAccessKey: a secret does not stand in this file: write "${env:NAME}" or "${file:PATH}", and put it there',
    ],
    [
      'version: 1\nsources: { bitbucket: {} }',
      '2:12 sources.bitbucket: unknown key; known here: github, gitlab, gitea, hooks, scripts, radicle, garden, tangled, schedule',
    ],
    [
      'version: 1\nsources: { gitlab: {} }',
      "2:20 sources.gitlab: needs the webhook's secret token as `token`, or its signing token as `secret`",
    ],
    [
      'version: 1\nsources: { schedule: { timezone: Mars } }',
      '2:34 sources.schedule.timezone: write a time zone such as UTC or Europe/Berlin',
    ],
    [rule('on: push', 'run: make'), '3:5 rules[0].name: is missing'],
    [
      rule('name: Unit Tests', ...good.slice(1)),
      '3:11 rules[0].name: a name is up to 64 of a-z, 0-9, ".", "_" and "-", and begins with a letter or digit',
    ],
    [
      rule('name: a', 'on: pusj', 'run: make'),
      '4:9 rules[0].on: "pusj" is not known: write one of push, patch, tag, canonical, pipeline, schedule, manual; did you mean "push"?',
    ],
    [
      rule('name: a', 'on: [push, pach]', 'run: make'),
      '4:16 rules[0].on[1]: "pach" is not known: write one of push, patch, tag, canonical, pipeline, schedule, manual; did you mean "patch"?',
    ],
    [
      rule('name: a', 'on: []', 'run: make'),
      '4:9 rules[0].on: write one text, or a list of texts that is not empty',
    ],
    [
      rule(...good, 'timeout: 10'),
      '6:14 rules[0].timeout: write a duration with its unit, such as 500ms, 30s, 10m, 2h or 7d',
    ],
    [rule(...good, 'timeout: 30d'), '6:14 rules[0].timeout: must be between 1s and 7d'],
    [rule(...good, 'env: { LEVEL: 3 }'), '6:19 rules[0].env.LEVEL: write a text: put it in quotes, "3"'],
    [
      rule(...good, 'env: { "A B": x }'),
      '6:12 rules[0].env."A B": the name of a variable is made of letters, digits and "_", and does not begin with a digit',
    ],
    [
      rule(...good, 'pool: linux'),
      '6:11 rules[0].pool: there is one pool, "local", where no agents can come: they need  transport: "amqp://…"',
    ],
    [
      rule(...good, 'pool: providers'),
      '6:11 rules[0].pool: the pool "providers" is for builds of other CI services: name another one',
    ],
    [
      'version: 1\nagent: { name: box, pools: [linux, local] }',
      '2:36 agent.pools[1]: the runs of "local" are taken by servers alone: name another pool',
    ],
    [rule(...good, 'branch: main', 'branch: next'), '7:5: this key is here twice'],
    [
      rule(...good, 'branch: main: next'),
      '6:13: there is a second ": " in this line: put the value in quotes',
    ],
    [rule(...good, 'branch: !main'), '6:13: a value that begins with ! needs quotes'],
    [rule(...good, 'paths: [*.md]'), '6:13: a value that begins with * needs quotes'],
    ['version: 1\n\trules: []', '2:1: a tab cannot indent: use spaces'],
    ['version: 1\n---\nversion: 1', '2:1: a second document begins here: a configuration is one document'],
    ['- version: 1', '1:1: write a section (lines of `key: value`), not a list'],
    [
      rule('name: A', 'on: push', 'run: make', 'timout: 1m', 'retry: { lost: 11 }'),
      '3:11 rules[0].name: a name is up to 64 of a-z, 0-9, ".", "_" and "-", and begins with a letter or digit',
      '6:5 rules[0].timout: unknown key; did you mean "timeout"?',
      '7:20 rules[0].retry.lost: write a whole number from 0 to 10',
    ],
  ];
  for (const [text, ...expected] of table)
    assert.deepEqual(
      printed(text),
      expected.map(line => `signalbox.yaml:${line}`),
      text,
    );
});

test('all mistakes are told in one go, each once, in the order of the file', () => {
  const text = `version: 2
admin: { port: 8080 }
limits: { rnus: 2 }
sources:
  github: { token: 5 }
  gitlab: { token: "\${env:S}", apiToken: "\${env:S}" }
  gitea: { secret: "\${env:NOT_SET}", tokn: "\${env:S}" }
secrets: { KNOWN: 1 }
rules:
  - { name: one, on: push, branch: "[", if: "event.branch ==", run: make }
  - { name: two, on: pus, run: make, exec: [make] }
  - { name: one, on: schedule, run: make }
  - { name: two, on: push, run: make, secrets: [KNOWN, UNKNOWN], report: [github, gitlab, gitea, discord] }
  - { name: four, on: push }
ruls: []
`;
  const told = printed(text, { env: { S: 'a long secret' } }).map(line =>
    line.replace(/^signalbox\.yaml:/, ''),
  );
  assert.deepEqual(
    told.map(line => line.replace(/:\d+ (\S+): .*$/, ' $1')),
    [
      '1 version',
      '2 admin.port',
      '3 limits.rnus',
      '5 sources.github.secret',
      '5 sources.github.token',
      '7 sources.gitea.secret',
      '7 sources.gitea.tokn',
      '8 secrets.KNOWN',
      '10 rules[0].branch',
      '10 rules[0].if',
      '11 rules[1].on',
      '12 rules[2].name',
      '12 rules[2].on',
      '13 rules[3].name',
      '13 rules[3].secrets[1]',
      '13 rules[3].report[3]',
      '14 rules[4]',
      '15 ruls',
    ],
    told.join('\n'),
  );
});

test('references are replaced in values, wherever they stand in them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-config-'));
  try {
    writeFileSync(join(directory, 'secret'), 'from a file\n');
    writeFileSync(join(directory, 'two-lines'), 'one\r\ntwo\r\n');
    const text = rule(
      ...good,
      'env: { URL: "https://${env:HOST}/${env:HOST}", LITERAL: "$HOME ${HOME}" }',
    ).concat('secrets: { A: "${file:secret}", B: "${file:two-lines}", C: "${env:C}" }');
    const config = goodConfig(text, {
      env: { HOST: 'x.example', C: '${env:HOST} $&' },
      file: join(directory, 'signalbox.yaml'),
    });
    assert.deepEqual(config.rules[0]?.env, { URL: 'https://x.example/x.example', LITERAL: '$HOME ${HOME}' });
    assert.deepEqual(config.secrets, { A: 'from a file', B: 'one\r\ntwo', C: '${env:HOST} $&' });
    assert.deepEqual(config.secretFiles, [join(directory, 'secret'), join(directory, 'two-lines')]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('references that lead nowhere are told where they stand', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-config-'));
  const file = join(directory, 'signalbox.yaml');
  try {
    mkdirSync(join(directory, 'folder'));
    writeFileSync(join(directory, 'large'), 'x'.repeat(65_537));
    const text = [
      'version: 1',
      'data: "/srv/${env:NOWHERE}"',
      'public: { port: "${env:NOWHERE}" }',
      'secrets:',
      '  A: "${env:NOWHERE}"',
      '  B: "${file:nowhere}"',
      '  C: "${file:folder}"',
      '  D: "${file:large}"',
      '  E: "${env:EMPTY}"',
    ].join('\n');
    assert.deepEqual(printed(text, { env: { EMPTY: '' }, file }), [
      `${file}:2:13 data: the environment variable "NOWHERE" is not set`,
      `${file}:3:17 public.port: the environment variable "NOWHERE" is not set`,
      `${file}:5:6 secrets.A: the environment variable "NOWHERE" is not set`,
      `${file}:6:6 secrets.B: the file ${directory}/nowhere cannot be used: it does not exist`,
      `${file}:7:6 secrets.C: the file ${directory}/folder cannot be used: it is not a regular file`,
      `${file}:8:6 secrets.D: the file ${directory}/large cannot be used: it is larger than 64 KiB`,
      `${file}:9:6 secrets.E: is empty`,
    ]);
    assert.deepEqual(printed(rule('name: a', 'on: push', 'run: echo ${env:A}')), [
      'signalbox.yaml:5:15 rules[0].run: references are not replaced here: give the value a name under `env`, or under `secrets` if nobody may see it, and write $NAME',
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('secrets stand in the file as references only', () => {
  const sentence =
    'a secret does not stand in this file: write "${env:NAME}" or "${file:PATH}", and put it there';
  const text = [
    'version: 1',
    'sources:',
    '  github:',
    '    secret: ["${env:A}", hunter2]',
    '    token: prefix-${env:A}',
    '  gitlab: { token: hunter2, secret: [hunter2], apiToken: hunter2 }',
    '  gitea: { secret: hunter2, token: hunter2, api: "https://git.example.org/api/v1" }',
    '  scripts: { dir: ., executors: sh, token: hunter2 }',
    'secrets:',
    '  X: &x hunter2',
    '  Y: *x',
  ].join('\n');
  assert.deepEqual(printed(text, { env: { A: 'secret-value' } }), [
    `signalbox.yaml:4:26 sources.github.secret[1]: ${sentence}`,
    `signalbox.yaml:5:12 sources.github.token: ${sentence}`,
    `signalbox.yaml:6:20 sources.gitlab.token: ${sentence}`,
    `signalbox.yaml:6:38 sources.gitlab.secret[0]: ${sentence}`,
    "signalbox.yaml:6:38 sources.gitlab.secret[0]: is no signing token of GitLab: one begins with whsec_; a secret token is the webhook's `token`",
    `signalbox.yaml:6:58 sources.gitlab.apiToken: ${sentence}`,
    `signalbox.yaml:7:20 sources.gitea.secret: ${sentence}`,
    `signalbox.yaml:7:36 sources.gitea.token: ${sentence}`,
    `signalbox.yaml:8:44 sources.scripts.token: ${sentence}`,
    `signalbox.yaml:10:9 secrets.X: ${sentence}`,
    `signalbox.yaml:10:9 secrets.Y: ${sentence}`,
  ]);
  const merged = rule(...good, 'env: &e { X: hunter2 }').concat('secrets: { <<: *e }');
  assert.deepEqual(printed(merged), [`signalbox.yaml:7:10 secrets.X: ${sentence}`]);
});

test('what a forge needs is told where it lacks', () => {
  const env = { S: 'secret-value', K: `whsec_${'A'.repeat(43)}=` };
  const lines = (sources: string) => printed(`version: 1\nsources: { ${sources} }`, { env });
  assert.deepEqual(lines('gitlab: { secret: "${env:K}" }'), []);
  assert.deepEqual(lines('gitlab: { secret: ["${env:K}", "${env:S}"] }'), [
    "signalbox.yaml:2:43 sources.gitlab.secret[1]: is no signing token of GitLab: one begins with whsec_; a secret token is the webhook's `token`",
  ]);
  assert.deepEqual(lines('gitea: { secret: "${env:S}", token: "${env:S}" }'), [
    'signalbox.yaml:2:19 sources.gitea.api: is missing: write where the token is good, such as https://git.example.org/api/v1',
  ]);
  assert.deepEqual(lines('gitea: { api: "https://git.example.org/api/v1" }'), [
    'signalbox.yaml:2:19 sources.gitea.secret: is missing: write one text, or a list of texts that is not empty',
  ]);
});

test('A5: a source that anyone could send to is no configuration', () => {
  const env = { S: 'secret-value', EMPTY: '' };
  const nothing = ['', 'secret:', 'secret: []', 'secret: ""', 'secret: "${env:EMPTY}"', 'auth: none'];
  const half = 'secret: ["${env:S}", "${env:EMPTY}"]';
  for (const forge of ['github', 'gitlab', 'gitea'])
    for (const section of [...nothing, half, 'token: "${env:EMPTY}"', 'token: []']) {
      const text = `version: 1\nsources: { ${forge}: { ${section} } }`;
      const lines = printed(text, { env });
      assert.equal(readConfig(text, { env }).result, 'refused', text);
      assert.ok(
        lines.some(line => line.includes(` sources.${forge}`)),
        lines.join('\n'),
      );
    }
});

test('what a reference stands for is never printed', () => {
  const env = { SECRET: 'hunter2-hunter2', NAME: 'Not A Name hunter2-hunter2' };
  for (const text of [
    rule('name: "${env:NAME}"', 'on: "${env:SECRET}"', 'run: make', 'report: "${env:SECRET}"'),
    rule(...good, 'report: "${env:SECRET}"', 'secrets: ["${env:SECRET}"]', 'branch: "$${env:SECRET}"'),
    'version: 1\npublic: { url: "${env:SECRET}", port: "${env:SECRET}" }\n"${env:SECRET}": 1',
  ]) {
    const lines = printed(text, { env });
    assert.notEqual(lines.length, 0);
    assert.ok(!lines.join('\n').includes('hunter2'), lines.join('\n'));
  }
});

test('what is allowed and doubtful is a warning', () => {
  const sources = 'sources: { github: { secret: "${env:A}" } }\n';
  const warnings = (text: string, env: Readonly<Record<string, string>> = { A: 'secret-value' }) => {
    assert.equal(readConfig(text, { env }).result, 'loaded');
    return printed(text, { env }).map(line => line.replace('signalbox.yaml:', ''));
  };
  assert.deepEqual(warnings(rule(...good) + sources), []);
  assert.deepEqual(warnings(rule(...good) + sources, { A: 'short' }), [
    '6:30 sources.github.secret: is shorter than 6 characters: too easily guessed, and not masked in logs',
  ]);
  assert.deepEqual(warnings('version: 1\nsecrets: { X: "${env:A}" }', { A: '12345' }), [
    '2:15 secrets.X: is shorter than 6 characters: too easily guessed, and not masked in logs',
  ]);
  assert.deepEqual(warnings(rule(...good)), [
    '4:9 rules[0].on: nothing brings such events yet: add a source, such as `sources: { github: { secret: "${env:GITHUB_WEBHOOK_SECRET}" } }`',
  ]);
  assert.deepEqual(warnings(rule('name: a', 'on: [push, tag]', 'run: make', 'branch: main') + sources), [
    '6:13 rules[0].branch: a tag has no branch: with this the rule never runs for a tag',
  ]);
  assert.deepEqual(warnings(rule(...good, 'trust: anyone', 'isolation: none') + sources), [
    "7:16 rules[0].isolation: with `trust: anyone`, strangers' code runs with all rights of signalbox, and can read its data and secrets",
  ]);
  const known = `${sources}secrets: { TOKEN: "\${env:A}" }\n`;
  assert.deepEqual(
    warnings(rule('name: a', 'on: patch', 'run: make', 'secrets: TOKEN', 'trust: anyone') + known, {
      A: 'a-secret',
    }),
    [
      '6:14 rules[0].secrets: with `trust: anyone`, patches of strangers run without these, because whoever opens one could read them',
    ],
  );
  assert.deepEqual(warnings(rule(...good, 'repo: ["*", acme/app]') + sources), [
    '6:12 rules[0].repo[0]: matches no repository: their names are owner/name',
  ]);
  assert.deepEqual(warnings(rule(...good, 'if: event.actr.name == "ann"') + sources), [
    '6:14 rules[0].if: no event has a "actr"; did you mean event.actor?',
  ]);
  const overRabbitmq = (lease: string) =>
    `version: 1\ntransport: "amqp://rabbit"\nlimits: { lease: ${lease} }\n`;
  assert.deepEqual(warnings(overRabbitmq('15s')), []);
  assert.deepEqual(warnings(overRabbitmq('14s')), [
    '3:18 limits.lease: is short over RabbitMQ: after a broken connection an agent may need up to 15s to be heard again, and its runs would be lost',
  ]);
});

test('A32: a file that is made to be too much is refused', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [n, name] of Array.from('bcdefghij').entries())
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[n]}`).join(', ')}]`);
  assert.deepEqual(printed(bomb.join('\n')), [
    'signalbox.yaml:1:1: anchors are repeated more than 100 times',
  ]);
  assert.deepEqual(printed(`version: 1 # ${'x'.repeat(1_000_000)}`), [
    'signalbox.yaml:1:1: the file is longer than 1 MB',
  ]);
  assert.match(printed('['.repeat(20_000))[0] ?? '', /nested too deeply/);
  for (const depth of [100, 500, 2000, 20_000]) {
    assert.equal(readConfig(`version: 1\nrules: ${'['.repeat(depth)}${']'.repeat(depth)}`).result, 'refused');
    assert.equal(
      readConfig(`version: 1\nrules: ${'{a: '.repeat(depth)}${'}'.repeat(depth)}`).result,
      'refused',
    );
  }
  for (const place of [
    'rules: &a [*a]',
    'secrets: &a [*a]',
    'secrets: &a { A: *a }',
    'sources: { github: { secret: &a [*a] } }',
  ])
    assert.equal(readConfig(`version: 1\n${place}`).result, 'refused');
  assert.deepEqual(printed('version: 1\nsecrets: { <<: 5 }'), [
    'signalbox.yaml:1:1: Merge sources must be maps or map aliases',
  ]);
  assert.deepEqual(printed(`version: 1\nrules: [&a x, ${'*a ,'.repeat(50_000)}]`), [
    'signalbox.yaml:2:415: anchors are repeated more than 100 times',
  ]);
  const many = Array.from({ length: 30_000 }, (_, n) => `  K${n}: x`).join('\n');
  assert.ok(printed(`version: 1\nsecrets:\n${many}`).length < 2000);
  assert.ok(printed(`version: 1\n${many.replaceAll('  ', '')}`).length < 2000);
  assert.ok(printed(`version: 1\nrules:\n${many.replace(/^ {2}/gm, '  - ')}`).length < 2000);
  assert.match(
    printed(rule(...good, `if: "${'!'.repeat(10)}${'('.repeat(2000)}"`))[0] ?? '',
    /rules\[0\]\.if: the expression is nested deeper than 64 levels/,
  );
});

test('whatever stands in the file: an answer, never an exception', () => {
  const path = [
    'version',
    'public',
    'sources',
    'rules',
    'secrets',
    'limits',
    'name',
    'on',
    'run',
    'if',
    'repo',
    'paths',
    'cron',
    'retry',
    '__proto__',
    'constructor',
  ];
  const key = fc.oneof(fc.constantFrom(...path), fc.string());
  const scalar = fc.oneof(
    fc.constantFrom(
      'push',
      'a',
      '1m',
      '${env:A}',
      '${file:/}',
      '${env:',
      '*',
      '[',
      '$default',
      '0 3 * * *',
      'https://x/y',
      'event.',
      1,
      -1,
      0.5,
      null,
      true,
    ),
    fc.string(),
  );
  const value = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
    ),
  })).value;
  const ruleLike = fc.record({
    version: fc.constant(1),
    rules: fc.array(fc.dictionary(key, value, { maxKeys: 6 }), { maxLength: 3 }),
  });
  const lines = fc
    .array(
      fc.constantFrom(
        'version: 1',
        'rules:',
        '  - name: a',
        '    on: push',
        '- &a',
        '*a',
        '"',
        "'",
        '{',
        '}',
        '[',
        ']',
        '|',
        '>',
        '? ',
        '!!x',
        '%YAML',
        '---',
        '\t',
        '#',
      ),
    )
    .map(lines => lines.join('\n'));
  const text = fc.oneof(
    fc.string(),
    lines,
    fc.oneof(value, ruleLike).map(value => stringify(value)),
  );
  fc.assert(
    fc.property(text, text => {
      const loaded = readConfig(text, { env: { A: 'secret-value' } });
      if (loaded.result === 'loaded') return;
      assert.notEqual(loaded.problems.length, 0);
      const lines = loaded.problems.map(formatProblem);
      assert.deepEqual([...new Set(lines)], lines);
      for (const problem of loaded.problems) {
        assert.match(formatProblem(problem), /^signalbox\.yaml:\d+:\d+/);
        assert.ok(!/undefined|\[object|Invalid input/.test(problem.message), problem.message);
      }
    }),
    { numRuns: 500 },
  );
});

test('a file is found where it is named; without one there are the defaults', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-config-'));
  try {
    const file = join(directory, 'own.yaml');
    writeFileSync(file, 'version: 1\nlimits: { runs: 9 }\n');
    const loaded = loadConfig(needs, file, noOverrides);
    assert.ok(loaded.result === 'loaded');
    assert.equal(loaded.config.limits.runs, 9);
    assert.equal(loaded.config.dataDir, join(directory, 'data'));

    const refused = (path: string) => {
      const loaded = loadConfig(needs, path, noOverrides);
      return loaded.result === 'refused' ? loaded.problems.map(formatProblem) : [];
    };
    assert.deepEqual(refused(join(directory, 'none.yaml')), [
      `${directory}/none.yaml: cannot be read: it does not exist`,
    ]);
    assert.deepEqual(refused(directory), [`${directory}: cannot be read: it is a directory`]);

    // This checkout has no configuration of its own.
    const none = loadConfig(needs, null, noOverrides);
    assert.ok(none.result === 'loaded');
    assert.equal(none.config.file, null);
    assert.deepEqual(none.config.rules, []);
    assert.deepEqual(none.warnings, []);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
