import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fault } from '../../test/support/fake-forge.ts';
import { startFakeGithub } from '../../test/support/fake-github.ts';
import { finished } from '../../test/support/run-statuses.ts';
import { reporterSuite, reportOf } from '../contracts/reporter.suite.ts';
import type { Reported } from '../contracts/reporter.ts';
import type { Repo } from '../domain/event.ts';
import type { Outcome, RunStatus } from '../domain/run.ts';
import { createGithubReporter } from './github.ts';

const repo: Repo = {
  forge: 'github',
  name: 'acme/app',
  url: 'https://github.com/acme/app.git',
  defaultBranch: 'main',
};
const never = new AbortController().signal;

async function start(options: { readonly token?: string; readonly runUrl?: boolean } = {}) {
  const github = await startFakeGithub();
  const reporter = createGithubReporter({
    token: options.token ?? github.token,
    api: `${github.url}/`,
    runUrl: options.runUrl === true ? run => `https://ci.example.org/runs/${run}` : null,
  });
  return {
    github,
    reporter,
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
    tell: (status: RunStatus, more: Partial<ReturnType<typeof reportOf>> = {}): Promise<Reported> =>
      reporter.report({ ...reportOf(repo, status, 1), ...more }, never),
  };
}

reporterSuite('github', async () => {
  const world = await start();
  return {
    reporter: world.reporter,
    silentIn: [],
    repo,
    secret: world.github.token,
    heard: () => world.github.statuses,
    fail: () => {
      world.github.fault = { status: 502, body: `<html>${world.github.token}</html>` };
    },
    refuse: () => {
      world.github.fault = { status: 404 };
    },
    hang: () => {
      world.github.fault = () => undefined;
    },
    [Symbol.asyncDispose]: world[Symbol.asyncDispose],
  };
});

describe('commit status', () => {
  test('says what, for which rule, in words, and where to look', async () => {
    await using world = await start({ runUrl: true });
    await world.tell(finished('failure'));
    assert.deepEqual(world.github.statuses, [
      {
        repo: 'acme/app',
        sha: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
        state: 'failure',
        context: 'signalbox/unit-tests',
        description: 'failed with exit code 2 after 12 s',
        target_url: 'https://ci.example.org/runs/run_00000000000000000000000000',
      },
    ]);
  });

  test('states', async () => {
    await using world = await start();
    const state = async (status: RunStatus) => {
      await world.tell(status);
      return world.github.statuses.at(-1)?.state;
    };
    assert.equal(await state({ state: 'blocked', reason: 'x' }), 'pending');
    assert.equal(await state({ state: 'queued', reason: null }), 'pending');
    assert.equal(
      await state({
        state: 'running',
        agent: 'a',
        claim: 'c1',
        startedAt: 0,
        leaseUntil: 1,
        cancelling: null,
        counterpart: null,
      }),
      'pending',
    );
    for (const [outcome, expected] of Object.entries({
      success: 'success',
      failure: 'failure',
      timeout: 'failure',
      error: 'error',
      cancelled: 'error',
      superseded: 'error',
      skipped: 'error',
      lost: 'error',
    }))
      assert.equal(await state(finished(outcome as Outcome)), expected, outcome);
  });

  test('A76: a long reason with line breaks becomes one line of 140 characters', async () => {
    await using world = await start();
    assert.deepEqual(await world.tell(finished('error', `no\r\nway\u001b[31m ${'🚦'.repeat(200)}`)), {
      result: 'sent',
    });
    const { description } = world.github.statuses[0]!;
    assert.equal(Array.from(description).length, 140);
    assert.match(description, /^could not run: no way \[31m 🚦+…$/u);
  });

  test('a repository that is not on GitHub is not reported there', async () => {
    await using world = await start();
    const names = ['acme', 'a/b/c', '/', '../x', 'a/..', './x', 'a/b?c', 'a/b#c', 'a%2f/b'];
    for (const other of [...names.map(name => ({ name })), { forge: 'gitea' }])
      assert.equal(
        (await world.tell(finished('success'), { repo: { ...repo, ...other } })).result,
        'refused',
      );
    assert.equal(world.github.requests, 0);
  });

  test('A92: tells what it is given, in order; which state is the last is decided before', async () => {
    await using world = await start();
    await world.tell({ state: 'queued', reason: null });
    await world.tell(finished('success'));
    assert.deepEqual(
      world.github.statuses.map(({ state }) => state),
      ['pending', 'success'],
    );
  });
});

describe('A91: answers', () => {
  const date = 'Fri, 21 Nov 2025 12:00:00 GMT';
  const inSeconds = (seconds: number) => String(Date.parse(date) / 1000 + seconds);
  const answers: readonly (readonly [what: string, fault: Fault, expected: string, error: RegExp])[] = [
    ['401', { status: 401 }, 'refused', /sources\.github\.token is wrong or has expired.*as the test wishes/],
    ['403', { status: 403 }, 'refused', /"Commit statuses: write" on acme\/app/],
    ['404', { status: 404 }, 'refused', /"Commit statuses: write" on acme\/app/],
    ['422', { status: 422 }, 'refused', /may not have the commit/],
    ['400', { status: 400 }, 'refused', /sources\.github\.api/],
    ['409', { status: 409 }, 'refused', /409/],
    ['301', { status: 301, headers: { location: 'http://127.0.0.1:1/' } }, 'refused', /301/],
    ['429', { status: 429 }, 'retry null', /rate limit/],
    ['429 that names a wait', { status: 429, headers: { 'retry-after': '7' } }, 'retry 7000', /rate limit/],
    [
      '429 that names a time',
      { status: 429, headers: { date, 'retry-after': 'Fri, 21 Nov 2025 12:01:00 GMT' } },
      'retry 60000',
      /429/,
    ],
    [
      '403 with the limit used up',
      {
        status: 403,
        headers: { date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(90) },
      },
      'retry 90000',
      /rate limit/,
    ],
    [
      '403 for haste',
      { status: 403, body: '{"message":"You have exceeded a secondary rate limit"}' },
      'retry null',
      /secondary rate limit/,
    ],
    [
      'a reset that is over',
      { status: 429, headers: { date, 'x-ratelimit-reset': inSeconds(-5) } },
      'retry 0',
      /429/,
    ],
    ['a wait of years', { status: 429, headers: { 'retry-after': '99999999' } }, 'retry 86400000', /429/],
    ['a wait that is none', { status: 503, headers: { 'retry-after': 'soon' } }, 'retry null', /503/],
    ['500', { status: 500 }, 'retry null', /500/],
    ['502 with a page', { status: 502, body: '<html>bad gateway' }, 'retry null', /^GitHub answered 502$/],
    ['503 that names a wait', { status: 503, headers: { 'retry-after': '30' } }, 'retry 30000', /503/],
    ['a closed connection', request => void request.socket.destroy(), 'retry null', /did not answer/],
  ];
  for (const [what, fault, expected, error] of answers)
    test(what, async () => {
      await using world = await start();
      world.github.fault = fault;
      const told = await world.tell(finished('success'));
      assert.ok(told.result !== 'sent');
      assert.equal(told.result === 'retry' ? `retry ${told.afterMs}` : told.result, expected);
      assert.match(told.error, error);
      assert.equal(world.github.requests, 1);
    });

  test('an answer without end is not read to its end', async () => {
    await using world = await start();
    let sent = 0;
    world.github.fault = (_, response) => {
      response.writeHead(201);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent++;
      };
      response.on('drain', more);
      more();
    };
    assert.deepEqual(await world.tell(finished('success')), { result: 'sent' });
    assert.ok(sent < 1_000, `${sent} blocks of 64 KiB were sent`);
  });

  test('an answer that comes drop by drop is waited for no longer than none at all', async t => {
    await using world = await start();
    const timeUp = new AbortController();
    t.mock.method(AbortSignal, 'timeout', () => timeUp.signal);
    const dripped = Promise.withResolvers<void>();
    world.github.fault = (_, response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      const drop = () => response.write('{') && setTimeout(drop, 5);
      drop();
      dripped.resolve();
    };
    const telling = world.tell(finished('success'));
    await dripped.promise;
    timeUp.abort(new DOMException('', 'TimeoutError'));
    assert.deepEqual(await telling, {
      result: 'retry',
      error: 'GitHub did not answer: nothing came within 10 s',
      afterMs: null,
    });
  });

  test('nobody listens', async () => {
    await using world = await start();
    await world.github[Symbol.asyncDispose]();
    const told = await world.tell(finished('success'));
    assert.equal(told.result, 'retry');
    assert.match(told.error, /ECONNREFUSED/);
  });

  test('a token that cannot be sent is not told either', async () => {
    await using world = await start({ token: 'ghs_secret\nwith a line break' });
    const told = await world.tell(finished('success'));
    assert.ok(told.result !== 'sent');
    assert.ok(!told.error.includes('ghs_secret'), told.error);
  });
});
