import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pushEvent } from '../../../test/support/events.ts';
import { startFakeHook } from '../../../test/support/fake-hook.ts';
import { reporterSuite, reportOf } from '../../contracts/reporter.suite.ts';
import type { Repo } from '../../domain/event.ts';
import type { Report } from '../../domain/report.ts';
import type { RunStatus } from '../../domain/run.ts';
import { createHookReporter, type HookReporterOptions } from './reporter.ts';

const repo: Repo = { forge: 'github', name: 'acme/app', url: 'https://example.org/app', defaultBranch: null };
const never = new AbortController().signal;
const failed: RunStatus = {
  state: 'finished',
  outcome: 'error',
  exitCode: null,
  agent: 'box',
  startedAt: 1_000,
  finishedAt: 13_000,
  reason: 'the password is hunter2!',
  counterpart: null,
};

async function start(options: Partial<HookReporterOptions> = {}) {
  const hook = await startFakeHook();
  const reporter = createHookReporter({
    url: `${hook.url}/runs`,
    secrets: [hook.token],
    allowsPrivateHosts: true,
    runUrl: null,
    eventOf: async () => pushEvent(),
    redact: text => text.replaceAll('hunter2!', '***'),
    now: () => Date.now(),
    ...options,
  });
  return {
    hook,
    reporter,
    tell: (version = 1, more: Partial<Report> = {}) =>
      reporter.report({ ...reportOf(repo, failed, version), ...more }, never),
    [Symbol.asyncDispose]: () => hook[Symbol.asyncDispose](),
  };
}

reporterSuite('hook', async () => {
  const { hook, reporter, ...world } = await start();
  return {
    reporter,
    repo,
    silentIn: [],
    secret: hook.token,
    heard: () => hook.statuses,
    fail: () => {
      hook.fault = { status: 503 };
    },
    refuse: () => {
      hook.fault = { status: 410 };
    },
    hang: () => {
      hook.fault = () => undefined;
    },
    [Symbol.asyncDispose]: world[Symbol.asyncDispose],
  };
});

describe('what is called', () => {
  test('hears of a run without a repository, a scheduled one', async () => {
    await using world = await start({
      eventOf: async () => ({ ...pushEvent(), type: 'schedule', repo: null, ref: null, branch: null }),
    });
    assert.deepEqual(await world.tell(1, { repo: null, sha: null }), { result: 'sent' });
    const message = world.hook.statuses[0]?.message;
    assert.equal(message?.type, 'run.finished');
    const { repo, ref, branch, sha } = message?.data ?? {};
    assert.deepEqual([repo, ref, branch, sha], [null, null, null, null]);
  });

  test('says which run stands how, masked, and has the same id when it is repeated', async () => {
    await using world = await start({ runUrl: run => `https://ci.example.org/#/runs/${run}` });
    await world.tell();
    await world.tell();
    await world.tell(2);
    const [first, again, other] = world.hook.statuses;
    assert.deepEqual(first, again);
    assert.equal(first?.id, 'run_00000000000000000000000000.1');
    assert.equal(other?.id, 'run_00000000000000000000000000.2');
    const { id, type, actor, ref, branch } = { ...pushEvent(), actor: pushEvent().actor.name };
    assert.equal(typeof id, 'string');
    assert.deepEqual(first?.message, {
      type: 'run.finished',
      timestamp: '1970-01-01T00:00:13.000Z',
      data: {
        run: {
          id: 'run_00000000000000000000000000',
          rule: 'unit-tests',
          state: 'finished',
          outcome: 'error',
          exitCode: null,
          reason: 'the password is ***',
          startedAt: '1970-01-01T00:00:01.000Z',
          finishedAt: '1970-01-01T00:00:13.000Z',
          url: 'https://ci.example.org/#/runs/run_00000000000000000000000000',
        },
        event: { id: 'evt_00000000000000000000000000', type, actor },
        repo: { forge: 'github', name: 'acme/app', url: 'https://example.org/app' },
        ref,
        branch,
        sha: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      },
    });
  });

  test('is signed with each secret, so that one can be replaced', async () => {
    const old = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    await using right = await start();
    const both = createHookReporter({
      url: right.hook.url,
      secrets: [old, right.hook.token],
      allowsPrivateHosts: true,
      runUrl: null,
      eventOf: async () => undefined,
      redact: text => text,
      now: () => Date.now(),
    });
    assert.deepEqual(await both.report(reportOf(repo, failed, 1), never), { result: 'sent' });
    await using wrong = await start({ secrets: [old] });
    assert.equal((await wrong.tell()).result, 'refused');
  });

  test('is nothing in a private network or on this machine, by address or by name, unless that is allowed', async () => {
    await using world = await start({ allowsPrivateHosts: false });
    const port = new URL(world.hook.url).port;
    for (const host of ['127.0.0.1', '[::1]', 'localhost', '10.0.0.1', '169.254.169.254']) {
      await using hidden = await start({ allowsPrivateHosts: false, url: `http://${host}:${port}/` });
      const told = await hidden.tell();
      assert.equal(told.result, 'refused', host);
      assert.match(told.result === 'refused' ? told.error : '', /is not on the public internet/);
    }
    assert.equal(world.hook.requests, 0);
  });

  test('redirects are not followed', async () => {
    await using world = await start();
    await using elsewhere = await start();
    world.hook.fault = { status: 307, headers: { location: elsewhere.hook.url } };
    assert.equal((await world.tell()).result, 'refused');
    assert.equal(elsewhere.hook.requests, 0);
  });

  test('an answer without end is not read to its end', async () => {
    await using world = await start();
    world.hook.fault = (_request, response) => {
      response.writeHead(500);
      const flood = () => {
        while (response.write('x'.repeat(65_536)) && !response.destroyed);
      };
      response.on('drain', flood);
      flood();
    };
    assert.equal((await world.tell()).result, 'retry');
  });
});
