import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { LogLine } from '../src/domain/log.ts';
import { readStepLine } from '../src/domain/step.ts';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { blocks, docs } from './support/docs.ts';
import { type FakeBuild, type FakeBuildkite, startFakeBuildkite } from './support/fake-buildkite.ts';
import { type FakeGithub, startFakeGithub } from './support/fake-github.ts';
import { createRepository, type TestRepository } from './support/git-repository.ts';
import { githubRequest, push } from './support/github-payloads.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** From a push at GitHub to a build at Buildkite and back, in the real program; both stand where the network ends. */

const hookSecret = 'the secret of the webhook';
const webhookToken = 'the token of the other webhook';

const config = (buildkite: FakeBuildkite, github: FakeGithub) => `
version: 1
data: ./data
sources: { github: { secret: "\${env:HOOK_SECRET}", token: "\${env:GITHUB_TOKEN}", api: "${github.url}" } }
providers:
  fake: {}
  buildkite:
    api: ${buildkite.api}
    organization: acme
    token: "\${env:BUILDKITE_TOKEN}"
    webhook: { signature: "\${env:WEBHOOK_TOKEN}" }
    pipelines: ["*"]
    poll: 500ms
limits: { runs: 1 }
rules:
  - name: tests
    on: push
    branch: [main, slow]
    buildkite: { pipeline: app }
    env: { NODE_ENV: test }
    report: github
  - { name: brief, on: push, branch: brief, timeout: 1s, buildkite: { pipeline: app } }
  - { name: unknown, on: push, branch: unknown, buildkite: { pipeline: nowhere } }
`;

interface World extends AsyncDisposable {
  readonly buildkite: FakeBuildkite;
  readonly github: FakeGithub;
  readonly server: TestServer;
  readonly repository: TestRepository;
  push(branch: string): Promise<void>;
  run(rule: string, where?: Partial<RunDetailJson>): Promise<RunDetailJson>;
  log(run: RunDetailJson): Promise<readonly LogLine[]>;
  build(): Promise<FakeBuild>;
}

const shaOf = (push: number): string => `a${push}`.repeat(20);

async function openWorld(): Promise<World> {
  await using opening = new AsyncDisposableStack();
  const buildkite = opening.use(await startFakeBuildkite());
  const github = opening.use(await startFakeGithub());
  const repository = opening.use(await createRepository());
  const server = opening.use(
    await startServer(config(buildkite, github), {
      HOOK_SECRET: hookSecret,
      GITHUB_TOKEN: github.token,
      BUILDKITE_TOKEN: buildkite.token,
      WEBHOOK_TOKEN: webhookToken,
    }),
  );
  const world = opening.move();
  let pushes = 0;
  return {
    buildkite,
    github,
    server,
    repository,
    push: async branch => {
      pushes += 1;
      // Nobody clones it: Buildkite's agents would.
      const payload = push({
        ref: `refs/heads/${branch}`,
        after: shaOf(pushes),
        url: 'https://github.com/acme/app.git',
      });
      const response = await fetch(`${server.publicUrl}/github`, {
        method: 'POST',
        ...githubRequest('push', payload, hookSecret),
      });
      assert.equal(response.status, 202, await response.text());
    },
    run: (rule, where = { state: 'finished' }) =>
      until(
        async () => {
          const { items } = await server.api<{ items: RunDetailJson[] }>(`/api/runs?rule=${rule}`);
          const [run] = items;
          return run !== undefined &&
            Object.entries(where).every(([key, value]) => Object(run)[key] === value)
            ? run
            : undefined;
        },
        `${rule} to be ${JSON.stringify(where)}`,
      ),
    log: async run => {
      const headers = { authorization: `Bearer ${server.token}`, accept: 'application/x-ndjson' };
      const text = await (await fetch(`${server.adminUrl}/api/runs/${run.id}/log`, { headers })).text();
      return text
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line));
    },
    build: () => until(() => buildkite.builds.at(-1), 'a build'),
    [Symbol.asyncDispose]: () => world.disposeAsync(),
  };
}

/** Which step each printed line belongs to, as readers of steps see it. */
function byStep(lines: readonly LogLine[]): Readonly<Record<string, readonly string[]>> {
  const steps: Record<string, string[]> = {};
  let current = '';
  for (const { stream, text } of lines) {
    const step = stream === 'system' ? readStepLine(text) : null;
    if (step !== null) {
      current = `${step.id} ${step.name}`;
      steps[current] ??= [];
      if (step.status === 'end') steps[current]?.push('(end)');
    } else if (stream !== 'system') steps[current]?.push(text);
  }
  return steps;
}

const stamp = '\x1b_bk;t=1785578404100\x07';

describe('a push that is built at Buildkite', { timeout: 100_000 }, () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world?.[Symbol.asyncDispose]());

  test('runs there, is told to GitHub, and its log is here, without a webhook', async () => {
    await world.push('main');
    const build = await world.build();
    assert.equal(build.order.commit, shaOf(1));
    assert.equal(build.order.branch, 'main');
    assert.equal(build.order.env?.['NODE_ENV'], 'test');
    assert.equal(build.order.env?.['PATH'], undefined);
    const one = build.job(':rocket: unit').start().print(`${stamp}--- one\r\n${stamp}10%\r\x1b[K`);
    build.change({ state: 'running' });
    const run = await world.run('tests', { state: 'running' });
    assert.equal(build.order.meta_data?.['signalbox:run'], run.id);
    await world.github.status(({ state }) => state === 'pending');
    one.print('100%\r\n\x1b[31mred\x1b[0m').end('passed');
    build.job('deploy').start().print('out\n').end('passed');
    build.job('later', { state: 'broken' });
    build.change({ state: 'passed' });
    const ended = await world.run('tests');
    assert.deepEqual([ended.outcome, ended.exitCode, ended.agent], ['success', 0, 'providers']);
    assert.deepEqual(ended.build, {
      provider: 'buildkite',
      id: 'acme/app/1',
      url: 'https://buildkite.com/acme/app/builds/1',
    });
    await world.github.status(({ state }) => state === 'success');
    assert.deepEqual(byStep(await world.log(ended)), {
      '0 unit': ['--- one', '100%', '\x1b[31mred\x1b[0m', '(end)'],
      '1 deploy': ['out', '(end)'],
      '2 later': ['did not run: its dependencies or conditions kept it from that', '(end)'],
    });
  });

  test('is told to have failed, with the job and its exit code', async () => {
    await world.push('main');
    const build = await until(() => world.buildkite.builds[1], 'a build');
    build.job('lint').start().end('failed', 3);
    build.change({ state: 'failed' });
    const run = await world.run('tests', { sha: shaOf(2), state: 'finished' });
    assert.deepEqual([run.outcome, run.exitCode, run.reason], ['failure', 3, 'lint: exit 3']);
  });

  test('a webhook has it looked at, and is stored', async () => {
    await world.push('slow');
    const build = await until(() => world.buildkite.builds[2], 'a build');
    build.job('unit').start().end('passed');
    build.change({ state: 'passed' });
    const url = `${world.server.publicUrl}/webhooks/buildkite`;
    const answer = await world.buildkite.hook(url, 'build.finished', build, { key: webhookToken });
    assert.deepEqual([answer.status, await answer.text()], [200, '']);
    const event = answer.headers.get('x-signalbox-event');
    const stored = await world.server.api<{ source: string; action: string }>(`/api/events/${event}`);
    assert.deepEqual([stored.source, stored.action], ['buildkite', 'build.finished']);
    assert.equal((await world.run('tests', { sha: shaOf(3), state: 'finished' })).outcome, 'success');
    const foreign = await world.buildkite.hook(url, 'build.finished', build, { key: 'another key' });
    assert.deepEqual([foreign.status, await foreign.text()], [401, 'unauthorized\n']);
  });

  test('that is cancelled here ends there', async () => {
    await world.push('slow');
    const build = await until(() => world.buildkite.builds[3], 'a build');
    build.change({ state: 'running' });
    const run = await world.run('tests', { sha: shaOf(4), state: 'running' });
    await world.server.api(`/api/runs/${run.id}/cancel`, { method: 'POST' });
    const ended = await world.run('tests', { sha: shaOf(4), state: 'finished' });
    assert.equal(ended.outcome, 'cancelled');
    assert.equal(build.fields['state'], 'canceling');
  });

  test('that takes longer than the rule allows ends there as well', async () => {
    await world.push('brief');
    const build = await until(() => world.buildkite.builds[4], 'a build');
    build.change({ state: 'running' });
    const run = await world.run('brief');
    assert.deepEqual(
      [run.outcome, run.reason],
      ['timeout', 'the limit of 1 s was over while the build was running'],
    );
    assert.equal(build.fields['state'], 'canceling');
  });

  test('of a pipeline that there is not, is an error that says so', async () => {
    await world.push('unknown');
    const run = await world.run('unknown');
    assert.deepEqual([run.outcome, run.reason], ['error', 'no such Buildkite pipeline acme/nowhere']);
    assert.deepEqual(byStep(await world.log(run)), {
      '0 buildkite': ['no such Buildkite pipeline acme/nowhere', '(end)'],
    });
  });

  for (const signal of ['SIGKILL', 'SIGTERM'] as const)
    test(`the server ends by ${signal} in mid-build, and starts again: one build, one log`, async () => {
      const before = world.buildkite.builds.length;
      await world.push('slow');
      const build = await until(() => world.buildkite.builds[before], 'a build');
      const sha = build.order.commit ?? '';
      const first = build.job('first').start().print('1\n2\n');
      const second = build.job('second').start().print('a\n');
      build.change({ state: 'running' });
      const running = await world.run('tests', { sha, state: 'running' });
      await until(async () => byStep(await world.log(running))['1 second']?.length === 1, 'both logs');
      const code = await world.server.end(signal);
      assert.equal(code, signal === 'SIGTERM' ? 0 : signal);
      first.print('3\n').end('passed');
      second.print('b\n');
      await world.server.start();
      await until(
        async () => byStep(await world.log(running))['1 second']?.length === 2,
        'what came meanwhile',
      );
      second.end('passed');
      build.change({ state: 'passed' });
      const ended = await world.run('tests', { sha, state: 'finished' });
      assert.deepEqual([ended.outcome, ended.attempt], ['success', 2]);
      assert.equal(world.buildkite.builds.length, before + 1);
      assert.deepEqual(byStep(await world.log(ended)), {
        '0 first': ['1', '2', '3', '(end)'],
        '1 second': ['a', 'b', '(end)'],
      });
    });
});

test('the configuration of docs/buildkite.md does what the page says', { timeout: 60_000 }, async () => {
  await using buildkite = await startFakeBuildkite();
  await using github = await startFakeGithub();
  const [block = ''] = blocks(
    docs.find(({ file }) => file === 'docs/buildkite.md') ?? { file: '', text: '' },
    'yaml',
  );
  const written = block
    .replace('github: { ', `github: { api: "${github.url}", `)
    .replace('buildkite:\n', `buildkite:\n    api: ${buildkite.api}\n    poll: 500ms\n`);
  await using server = await startServer(`version: 1\ndata: ./data\n${written}`, {
    GITHUB_WEBHOOK_SECRET: hookSecret,
    GITHUB_TOKEN: github.token,
    BUILDKITE_TOKEN: buildkite.token,
    BUILDKITE_WEBHOOK_TOKEN: webhookToken,
  });
  buildkite.onBuild = build => {
    build.job('unit').start().print('good').end('passed');
    build.change({ state: 'passed' });
  };
  const payload = push({ name: 'acme/app', after: shaOf(1) });
  await fetch(`${server.publicUrl}/github`, {
    method: 'POST',
    ...githubRequest('push', payload, hookSecret),
  });
  await github.status(({ state, sha }) => state === 'success' && sha === shaOf(1));
  const [build] = buildkite.builds;
  assert.deepEqual([build?.pipeline, build?.order.env?.['NODE_ENV']], ['app', 'test']);
  const { text } = docs.find(({ file }) => file === 'docs/buildkite.md') ?? { text: '' };
  for (const name of [...Object.keys(build?.order.env ?? {}), ...Object.keys(build?.order.meta_data ?? {})])
    assert.ok(['NODE_ENV', 'SIGNALBOX'].includes(name) || text.includes(`\`${name}\``), name);
});

test('webhooks where there is no Buildkite, and other requests there', { timeout: 30_000 }, async () => {
  await using server = await startServer('version: 1\ndata: ./data\n');
  const url = `${server.publicUrl}/webhooks/buildkite`;
  const key = 'x';
  const signature = `timestamp=1,signature=${createHmac('sha256', key).update('1.{}').digest('hex')}`;
  for (const init of [{}, { body: '{}', headers: { 'x-buildkite-signature': signature } }, { body: '{' }]) {
    const answer = await fetch(url, { method: 'POST', ...init });
    assert.deepEqual(
      [answer.status, answer.headers.get('content-type'), await answer.text()],
      [503, 'text/plain; charset=utf-8', 'buildkite provider not configured\n'],
    );
  }
  const table = [
    ['GET', '', 404, '404 page not found\n', null],
    ['HEAD', '', 404, '', null],
    ['PUT', '', 405, 'Method Not Allowed\n', 'GET, HEAD, POST'],
    ['GET', '/x', 404, '404 page not found\n', null],
    ['POST', '/x', 405, 'Method Not Allowed\n', 'GET, HEAD'],
  ] as const;
  for (const [method, more, status, body, allow] of table) {
    const answer = await fetch(url + more, { method });
    assert.deepEqual(
      [answer.status, await answer.text(), answer.headers.get('allow')],
      [status, body, allow],
      `${method} ${more}`,
    );
  }
});

test('the longest body that is read, and one byte more', { timeout: 30_000 }, async () => {
  await using buildkite = await startFakeBuildkite();
  await using github = await startFakeGithub();
  for (const mode of ['signature', 'token'] as const) {
    await using server = await startServer(config(buildkite, github).replace('signature:', `${mode}:`), {
      HOOK_SECRET: hookSecret,
      GITHUB_TOKEN: github.token,
      BUILDKITE_TOKEN: buildkite.token,
      WEBHOOK_TOKEN: webhookToken,
    });
    const send = (body: string) => {
      const signature = createHmac('sha256', webhookToken).update(`1.${body}`).digest('hex');
      return fetch(`${server.publicUrl}/webhooks/buildkite`, {
        method: 'POST',
        body,
        headers: {
          'x-buildkite-signature': `timestamp=1,signature=${signature}`,
          'x-buildkite-token': webhookToken,
        },
      });
    };
    const long = (bytes: number) => `{"x":"${'x'.repeat(bytes - 8)}"}`;
    assert.equal((await send(long(2 ** 20))).status, 200);
    const answer = await send(long(2 ** 20 + 1));
    assert.deepEqual(
      [answer.status, await answer.text()],
      mode === 'signature' ? [401, 'unauthorized\n'] : [400, 'bad payload\n'],
    );
  }
});
