import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fault } from '../../test/support/fake-forge.ts';
import { startFakeGitlab } from '../../test/support/fake-gitlab.ts';
import { finished, running } from '../../test/support/run-statuses.ts';
import { reporterSuite, reportOf } from '../contracts/reporter.suite.ts';
import type { Reported } from '../contracts/reporter.ts';
import type { Repo } from '../domain/event.ts';
import type { RunStatus } from '../domain/run.ts';
import { createGitlabReporter } from './gitlab.ts';

const repo: Repo = {
  forge: 'gitlab',
  name: 'acme/tools/widgets',
  url: 'https://gitlab.com/acme/tools/widgets.git',
  defaultBranch: 'main',
};
const never = new AbortController().signal;
const queued: RunStatus = { state: 'queued', reason: null };

async function start() {
  const gitlab = await startFakeGitlab();
  const reporter = createGitlabReporter({
    token: gitlab.token,
    api: `${gitlab.url}/`,
    runUrl: run => `https://ci.example.org/runs/${run}`,
  });
  return {
    gitlab,
    reporter,
    [Symbol.asyncDispose]: () => gitlab[Symbol.asyncDispose](),
    tell: (status: RunStatus, more: Partial<ReturnType<typeof reportOf>> = {}): Promise<Reported> =>
      reporter.report({ ...reportOf(repo, status, 1), ...more }, never),
  };
}

reporterSuite('gitlab', async () => {
  const world = await start();
  return {
    reporter: world.reporter,
    silentIn: [],
    repo,
    secret: world.gitlab.token,
    // What it hears and does not store, because it stands there already, counts as heard.
    heard: () => Array.from({ length: world.gitlab.requests }),
    fail: () => {
      world.gitlab.fault = { status: 502, body: `<html>${world.gitlab.token}</html>` };
    },
    refuse: () => {
      world.gitlab.fault = { status: 404 };
    },
    hang: () => {
      world.gitlab.fault = () => undefined;
    },
    [Symbol.asyncDispose]: world[Symbol.asyncDispose],
  };
});

describe('commit status', () => {
  test('says what, for which rule, in words, and where to look; the project is named with its groups', async () => {
    await using world = await start();
    await world.tell(finished('failure'));
    assert.deepEqual(world.gitlab.statuses, [
      {
        project: 'acme/tools/widgets',
        sha: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
        state: 'failed',
        name: 'signalbox/unit-tests',
        description: 'failed with exit code 2 after 12 s',
        target_url: 'https://ci.example.org/runs/run_00000000000000000000000000',
      },
    ]);
  });

  test('states', async () => {
    for (const [status, expected] of [
      [{ state: 'blocked', reason: 'x' }, 'pending'],
      [queued, 'pending'],
      [running, 'running'],
      [finished('success'), 'success'],
      [finished('failure'), 'failed'],
      [finished('timeout'), 'failed'],
      [finished('error'), 'failed'],
      [finished('lost'), 'failed'],
      [finished('cancelled'), 'canceled'],
      [finished('superseded'), 'canceled'],
      [finished('skipped'), 'canceled'],
    ] as const) {
      await using world = await start();
      await world.tell(status);
      assert.equal(world.gitlab.statuses[0]?.state, expected, JSON.stringify(status));
    }
  });

  test('A91: a state that GitLab is in already, or past, counts as told; the end is always taken', async () => {
    await using world = await start();
    for (const status of [queued, queued, running, running, queued, finished('success'), queued])
      assert.deepEqual(await world.tell(status), { result: 'sent' });
    assert.deepEqual(
      world.gitlab.statuses.map(({ state }) => state),
      ['pending', 'running', 'success', 'pending'],
    );
  });

  test('a repository that is not on GitLab is not reported there', async () => {
    await using world = await start();
    const deep = Array.from({ length: 22 }, () => 'a').join('/');
    const names = ['acme', '/', '../x', 'a/../b', 'a/b/..', './x', 'a//b', 'a/b?c', 'a%2f/b', deep];
    for (const other of [...names.map(name => ({ name })), { forge: 'github' }])
      assert.equal(
        (await world.tell(finished('success'), { repo: { ...repo, ...other } })).result,
        'refused',
      );
    assert.equal(world.gitlab.requests, 0);
  });
});

describe('A91: answers', () => {
  const date = 'Fri, 20 Nov 2026 12:00:00 GMT';
  const answers: readonly (readonly [what: string, fault: Fault, expected: string, error: RegExp])[] = [
    ['401', { status: 401 }, 'refused', /sources\.gitlab\.apiToken is wrong or has expired/],
    ['403', { status: 403 }, 'refused', /the scope api.*Developer in acme\/tools\/widgets/],
    ['404', { status: 404 }, 'refused', /no branch or tag of acme\/tools\/widgets/],
    ['400', { status: 400 }, 'refused', /does not take the status \(as the test wishes\)/],
    ['409', { status: 409 }, 'refused', /sources\.gitlab\.api/],
    ['302', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'refused', /302/],
    [
      '429',
      { status: 429, headers: { date, 'ratelimit-reset': String(Date.parse(date) / 1000 + 30) } },
      'retry 30000',
      /rate limit/,
    ],
    ['500', { status: 500 }, 'retry null', /^GitLab answered 500/],
  ];
  for (const [what, fault, expected, error] of answers)
    test(what, async () => {
      await using world = await start();
      world.gitlab.fault = fault;
      const told = await world.tell(finished('success'));
      assert.ok(told.result !== 'sent');
      assert.equal(told.result === 'retry' ? `retry ${told.afterMs}` : told.result, expected);
      assert.match(told.error, error);
      assert.equal(world.gitlab.requests, 1);
    });
});
