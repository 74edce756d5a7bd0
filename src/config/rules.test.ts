import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodConfig, printed } from '../../test/support/config.ts';
import { patchEvent, pushEvent, tagEvent } from '../../test/support/events.ts';
import type { Rule } from '../domain/rule.ts';
import { judge } from '../domain/verdict.ts';
import { createMatchers } from '../matchers/matchers.ts';

/** Everything that a rule may name is configured; a rule's first line is line 6. */
const before = `version: 1
sources: { github: { secret: "\${env:A}", token: "\${env:A}" } }
secrets: { NPM_TOKEN: "\${env:A}" }
git: { allowFile: false }
rules:
`;
const around = { env: { A: 'secret-value' } };
const write = (rule: string) => before + rule.replace(/^/gm, '    ').replace(/^ {4}/, '  - ');

function compile(rule: string): Rule {
  const compiled = goodConfig(write(rule), around).rules[0];
  assert.ok(compiled);
  return compiled;
}

test('a rule in full', () => {
  const rule = compile(`name: unit-tests
on: [push, patch]
repo: acme/*
branch: [main, "release/*"]
paths: ["src/**", "!**/*.md"]
if: event.actor.name != "renovate"
run: npm ci && npm test
env: { NODE_ENV: test }
secrets: [NPM_TOKEN]
timeout: 10m
retry: { lost: 0 }
concurrency: { group: "{repo}/{branch}", busy: cancel-older }
trust: approval
report: github`);
  assert.deepEqual(rule, {
    name: 'unit-tests',
    when: {
      kind: 'all',
      of: [
        { kind: 'type', oneOf: ['push', 'patch'] },
        { kind: 'action', type: 'patch', oneOf: ['created', 'updated'], implied: true },
        { kind: 'commit' },
        { kind: 'repo', patterns: ['acme/*'] },
        { kind: 'branch', patterns: ['main', 'release/*'] },
        { kind: 'paths', patterns: ['src/**', '!**/*.md'] },
        { kind: 'expression', source: 'event.actor.name != "renovate"' },
      ],
    },
    action: { kind: 'command', command: { shell: 'npm ci && npm test' } },
    repo: null,
    env: { NODE_ENV: 'test' },
    secrets: ['NPM_TOKEN'],
    pool: 'local',
    timeoutMs: 600_000,
    retryLost: 0,
    keepLogMs: null,
    concurrency: { group: '{repo}/{branch}', limit: 1, busy: 'cancel-older' },
    trust: 'approval',
    isolation: 'auto',
    report: ['github'],
    schedule: null,
  });
});

test('a rule with no more than it needs', () => {
  const rule = compile('name: a\non: push\nexec: [make, "-j2"]');
  assert.deepEqual(rule.when, { kind: 'all', of: [{ kind: 'type', oneOf: ['push'] }, { kind: 'commit' }] });
  assert.deepEqual(rule.action, { kind: 'command', command: { argv: ['make', '-j2'] } });
  const { env, secrets, pool, timeoutMs, retryLost, trust, report } = rule;
  assert.deepEqual(
    { env, secrets, pool, timeoutMs, retryLost, trust, report },
    { env: {}, secrets: [], pool: 'local', timeoutMs: 3_600_000, retryLost: 2, trust: 'members', report: [] },
  );
});

test('a rule with several ways to start asks conditions of the events only', () => {
  const rule = compile('name: a\non: [tag, schedule]\ncron: "0 3 * * *"\nrepo: acme/app\nrun: make');
  assert.deepEqual(rule.when, {
    kind: 'all',
    of: [
      { kind: 'type', oneOf: ['tag', 'schedule'] },
      { kind: 'commit' },
      { kind: 'repo', patterns: ['acme/app'] },
    ],
  });
  assert.deepEqual(rule.schedule, { cron: '0 3 * * *' });
  const nightly = compile(
    'name: a\non: schedule\ncron: "*/5 * * * *"\nrepo: https://git.example.org/acme/app.git\nrun: make',
  );
  assert.deepEqual(nightly.when, { kind: 'all', of: [{ kind: 'type', oneOf: ['schedule'] }] });
});

test('the repository that a schedule or a hand checks out', () => {
  const repo = (line: string) => compile(`name: a\non: [push, manual]\nrun: make\n${line}`).repo;
  assert.equal(repo('repo: acme/app'), 'acme/app');
  assert.equal(repo('repo: [acme/app]'), 'acme/app');
  for (const line of [
    '',
    'repo: acme/*',
    'repo: [acme/app, acme/lib]',
    'repo: "!acme/app"',
    'repo: "acme/{a,b}"',
  ])
    assert.equal(repo(line), null, line);
  const url = 'ssh://git@git.example.org/acme/app.git';
  assert.equal(compile(`name: a\non: [manual, schedule]\ncron: "@daily"\nrun: make\nrepo: ${url}`).repo, url);
});

test('what does not fit together is told', () => {
  const rule = (...lines: readonly string[]) => ['name: a', ...lines].join('\n');
  const table: readonly (readonly [rule: string, ...printed: string[]])[] = [
    [
      rule('on: push'),
      '6:5 rules[0]: does nothing: add `run` with a shell command, `exec` with a program, `dagger` with a function, `adapter` with the name of one, or `buildkite` with a pipeline',
    ],
    [
      rule('on: push', 'run: x', 'exec: [y]'),
      '9:11 rules[0].exec: there is a `run` as well, and only one of them can be',
    ],
    [rule('on: push', 'exec: make'), '8:11 rules[0].exec: write a list: the program, then its arguments'],
    [rule('on: schedule', 'run: x'), '7:9 rules[0].on: a schedule needs `cron` to say when'],
    [
      rule('on: push', 'run: x', 'cron: "0 3 * * *"'),
      '9:5 rules[0].cron: is never due: add schedule to `on`',
    ],
    [
      rule('on: schedule', 'run: x', 'cron: 0 3 * *'),
      '9:11 rules[0].cron: write minute, hour, day of month, month and day of week, such as "0 3 * * *"',
    ],
    [
      rule('on: schedule', 'run: x', 'cron: 61 3 * * *'),
      '9:11 rules[0].cron: Invalid value for minute: 61: write minute, hour, day of month, month and day of week, such as "0 3 * * *"',
    ],
    [rule('on: schedule', 'run: x', 'cron: 0 0 30 2 *'), '9:11 rules[0].cron: is never due'],
    [
      rule('on: schedule', 'run: x', 'cron: 0 3 * * *', 'repo: acme/*'),
      '10:11 rules[0].repo: a schedule needs one repository, without wildcards: its name, or none for an empty directory',
    ],
    [
      rule('on: manual', 'run: x', 'branch: main', 'if: event.branch == "x"'),
      '9:5 rules[0].branch: is never asked: a schedule or a hand starts this rule, whatever happened',
      '10:5 rules[0].if: is never asked: a schedule or a hand starts this rule, whatever happened',
    ],
    [
      rule('on: push', 'run: x', 'action: merged'),
      '9:13 rules[0].action: only patches are merged: add patch to `on`',
    ],
    [
      rule('on: push', 'run: x', 'action: deleted'),
      '9:13 rules[0].action: "deleted" is not known: write one of created, updated, closed, merged',
    ],
    [
      rule('on: push', 'run: x', 'repo: https://git.example.org/a/b.git'),
      '9:11 rules[0].repo: only a rule for schedule and manual alone can have a clone URL, one of them: write owner/name',
    ],
    [
      rule('on: manual', 'run: x', 'repo: git@example.org:a/b.git'),
      '9:11 rules[0].repo: write a clone URL in full: ssh://git@host/owner/name.git',
    ],
    [
      rule('on: manual', 'run: x', 'repo: https://ann:hunter2@example.org/a/b.git'),
      '9:11 rules[0].repo: a password cannot stand here: it would be shown with every run',
    ],
    [
      rule('on: manual', 'run: x', 'repo: file:///srv/a.git'),
      '9:11 rules[0].repo: a repository on this machine needs `git: { allowFile: true }`',
    ],
    [
      rule('on: manual', 'run: x', 'repo: ext::sh'),
      '9:11 rules[0].repo: matches no repository: their names are owner/name',
    ],
    [
      rule('on: manual', 'run: x', 'repo: ftp://example.org/a'),
      '9:11 rules[0].repo: ftp:// cannot be cloned: use https:// or ssh://',
    ],
    [
      rule('on: push', 'run: x', 'branch: [main, "!rel/[ab"]'),
      '9:26 rules[0].branch[1]: this [ is never closed: write \\[ for a bracket',
    ],
    [
      rule('on: push', 'run: x', 'branch: $defualt'),
      '9:13 rules[0].branch: "$defualt" is not known; did you mean "$default"?',
    ],
    [
      rule('on: push', 'run: x', 'paths: src/+(a|b)'),
      '9:16 rules[0].paths: +(…) is not known here: write {a,b} for alternatives, \\( for a parenthesis',
    ],
    [
      rule('on: push', 'run: x', 'if: event.branch = "x"'),
      '9:22 rules[0].if: unexpected "=": to compare, write ==',
    ],
    [
      rule('on: push', 'run: x', `if: 'evnt.x'`),
      '9:9 rules[0].if: there is no "evnt": an expression looks at event, as in event.branch',
    ],
    [
      rule('on: push', 'run: x', 'env: { CI: "no", SIGNALBOX_X: a }'),
      '9:12 rules[0].env.CI: is set for every job already, and cannot be changed',
      '9:22 rules[0].env.SIGNALBOX_X: is set for every job already, and cannot be changed',
    ],
    [
      rule('on: push', 'run: x', 'secrets: NPM_TOKN'),
      '9:14 rules[0].secrets: there is no secret NPM_TOKN: add it to the section `secrets`; did you mean "NPM_TOKEN"?',
    ],
    [
      rule('on: push', 'run: x', 'report: [github, pigeon]'),
      '9:22 rules[0].report[1]: there is no reporter "pigeon"',
    ],
    [rule('on: push', 'run: "a\\0b"'), '8:10 rules[0].run: a NUL character cannot be passed to a program'],
  ];
  for (const [text, ...expected] of table)
    assert.deepEqual(
      printed(write(text), around),
      expected.map(line => `signalbox.yaml:${line}`),
      text,
    );
  assert.deepEqual(printed(`version: 1\nrules:\n  - { name: a, on: manual, run: x, report: github }`), [
    'signalbox.yaml:3:44 rules[0].report: GitHub cannot be told without a token: add `sources: { github: { token: "${env:GITHUB_TOKEN}" } }`',
  ]);
  const report = 'version: 1\nrules:\n  - { name: a, on: manual, run: x, report: [gitlab, gitea] }\n';
  assert.deepEqual(printed(report), [
    'signalbox.yaml:3:45 rules[0].report[0]: GitLab cannot be told without a token: add `sources: { gitlab: { apiToken: "${env:GITLAB_TOKEN}" } }`',
    'signalbox.yaml:3:53 rules[0].report[1]: Gitea cannot be told without a token: add `sources: { gitea: { token: "${env:GITEA_TOKEN}", api: "https://git.example.org/api/v1" } }`',
  ]);
  const told = `${report}sources: { gitlab: { token: "\${env:A}", apiToken: "\${env:A}" }, gitea: { secret: "\${env:A}", token: "\${env:A}", api: "https://git.example.org/api/v1" } }`;
  assert.deepEqual(printed(told, { env: { A: 'secret-value' } }), []);
  const twice = '  - { name: a, on: manual, run: x }\n'.repeat(2);
  assert.deepEqual(printed(`version: 1\nrules:\n${twice}`), [
    'signalbox.yaml:4:13 rules[1].name: rules[0] is called a already: a name is given once',
  ]);
});

test('rules as they are written answer events', () => {
  const matchers = createMatchers();
  const told = (rule: Rule, event: Parameters<typeof judge>[2]) => {
    const { verdict, reason } = judge(matchers, rule, event);
    return `${verdict}: ${reason}`;
  };
  const rule = compile(
    'name: a\non: [push, patch]\nrepo: acme/*\nbranch: $default\nif: event.actor.name != "renovate"\nrun: make',
  );
  assert.equal(told(rule, pushEvent()), 'matched: all 6 conditions hold');
  assert.equal(told(rule, patchEvent()), 'matched: all 6 conditions hold');
  assert.equal(
    told(rule, patchEvent({}, { action: 'merged' })),
    'not matched: action "merged" is none of created, updated, which a rule means when it names no action',
  );
  assert.equal(
    told(rule, pushEvent({ action: 'deleted', after: null })),
    'not matched: refs/heads/main was deleted: there is no commit to run',
  );
  assert.equal(told(rule, tagEvent()), 'not matched: the event is a tag, not a push or a patch');
  assert.equal(
    told(rule, pushEvent({ actor: { id: '1', name: 'renovate' } })),
    'not matched: event.actor.name != "renovate": it is "renovate"',
  );
});
