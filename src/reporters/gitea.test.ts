import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fault } from '../../test/support/fake-forge.ts';
import { startFakeGitea } from '../../test/support/fake-gitea.ts';
import { finished } from '../../test/support/run-statuses.ts';
import { reporterSuite, reportOf } from '../contracts/reporter.suite.ts';
import type { Reported } from '../contracts/reporter.ts';
import type { Repo } from '../domain/event.ts';
import type { Outcome, RunStatus } from '../domain/run.ts';
import { createGiteaReporter } from './gitea.ts';

const repo: Repo = {
  forge: 'gitea',
  name: 'acme/widgets',
  url: 'https://git.example.org/acme/widgets.git',
  defaultBranch: 'main',
};
const never = new AbortController().signal;

async function start() {
  const gitea = await startFakeGitea();
  const reporter = createGiteaReporter({
    token: gitea.token,
    api: `${gitea.url}/`,
    runUrl: run => `https://ci.example.org/runs/${run}`,
  });
  return {
    gitea,
    reporter,
    [Symbol.asyncDispose]: () => gitea[Symbol.asyncDispose](),
    tell: (status: RunStatus, more: Partial<ReturnType<typeof reportOf>> = {}): Promise<Reported> =>
      reporter.report({ ...reportOf(repo, status, 1), ...more }, never),
  };
}

reporterSuite('gitea', async () => {
  const world = await start();
  return {
    reporter: world.reporter,
    silentIn: [],
    repo,
    secret: world.gitea.token,
    heard: () => world.gitea.statuses,
    fail: () => {
      world.gitea.fault = { status: 502, body: `<html>${world.gitea.token}</html>` };
    },
    refuse: () => {
      world.gitea.fault = { status: 404 };
    },
    hang: () => {
      world.gitea.fault = () => undefined;
    },
    [Symbol.asyncDispose]: world[Symbol.asyncDispose],
  };
});

describe('commit status', () => {
  test('says what, for which rule, in words, and where to look', async () => {
    await using world = await start();
    await world.tell(finished('failure'));
    assert.deepEqual(world.gitea.statuses, [
      {
        repo: 'acme/widgets',
        sha: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
        state: 'failure',
        context: 'signalbox/unit-tests',
        description: 'failed with exit code 2 after 12 s',
        target_url: 'https://ci.example.org/runs/run_00000000000000000000000000',
      },
    ]);
  });

  test('states: only a success lets a protected branch be merged', async () => {
    await using world = await start();
    for (const [outcome, expected] of Object.entries({
      success: 'success',
      failure: 'failure',
      timeout: 'failure',
      error: 'error',
      cancelled: 'error',
      superseded: 'error',
      skipped: 'error',
      lost: 'error',
    })) {
      await world.tell(finished(outcome as Outcome));
      assert.equal(world.gitea.statuses.at(-1)?.state, expected, outcome);
    }
  });

  test('a repository that is not on Gitea is not reported there', async () => {
    await using world = await start();
    const names = ['acme', 'a/b/c', '/', '../x', 'a/..', 'a/b?c', 'a%2f/b'];
    for (const other of [...names.map(name => ({ name })), { forge: 'github' }])
      assert.equal(
        (await world.tell(finished('success'), { repo: { ...repo, ...other } })).result,
        'refused',
      );
    assert.equal(world.gitea.requests, 0);
  });
});

describe('A91: answers', () => {
  const answers: readonly (readonly [what: string, fault: Fault, expected: string, error: RegExp])[] = [
    ['401', { status: 401 }, 'refused', /sources\.gitea\.token is wrong or has expired/],
    ['403', { status: 403 }, 'refused', /the scope write:repository.*acme\/widgets/],
    ['404', { status: 404 }, 'refused', /the scope write:repository.*acme\/widgets/],
    ['422', { status: 422 }, 'refused', /may not have the commit/],
    ['409', { status: 409 }, 'refused', /sources\.gitea\.api/],
    ['302', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'refused', /302/],
    ['429', { status: 429, headers: { 'retry-after': '7' } }, 'retry 7000', /rate limit/],
    ['500', { status: 500 }, 'retry null', /^Gitea answered 500/],
  ];
  for (const [what, fault, expected, error] of answers)
    test(what, async () => {
      await using world = await start();
      world.gitea.fault = fault;
      const told = await world.tell(finished('success'));
      assert.ok(told.result !== 'sent');
      assert.equal(told.result === 'retry' ? `retry ${told.afterMs}` : told.result, expected);
      assert.match(told.error, error);
      assert.equal(world.gitea.requests, 1);
    });
});
