import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { createFakeDagger, type FakeDagger } from './support/fake-dagger.ts';
import { createRepository, type TestRepository } from './support/git-repository.ts';
import { githubRequest, push } from './support/github-payloads.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** From a push to a call of Dagger's command line, in the real program; for what is behind that stands a stub. */

const secret = 'the secret of the webhook';
const key = 'the-key-that-nobody-reads';
const config = `
version: 1
data: ./data
sources: { github: { secret: "\${env:HOOK_SECRET}" } }
git: { allowFile: true }
secrets: { NPM_TOKEN: "\${env:NPM_TOKEN}" }
rules:
  - name: call
    on: push
    secrets: NPM_TOKEN
    dagger: { module: ./ci, function: buildImage, args: { src: ".", version: "{sha}", branch: "{branch}", token: "env:NPM_TOKEN" } }
  - name: by-name
    on: push
    dagger: { as: pocketci }
`;
const branch = '$(touch${IFS}x)';

describe('rules with dagger', { timeout: 60_000 }, () => {
  let repository: TestRepository;
  let dagger: FakeDagger;
  let server: TestServer;
  let sha: string;
  before(async () => {
    repository = await createRepository();
    sha = await repository.commit({ 'a;b': 'x' }, { branch: 'next' });
    dagger = createFakeDagger();
    dagger.answer('build-image', { stdout: `pushed with ${key}\n` });
    const args = ['src', 'eventTrigger', 'filter', 'onChanges'].map(name => ({
      name,
      defaultValue: name === 'onChanges' ? '"a*"' : null,
      typeDef: { kind: 'STRING_KIND' },
    }));
    const objects = [{ asObject: { name: 'Ci', functions: [{ name: 'testOnGithubPush', args }] } }];
    dagger.answer('query', {
      stdout: JSON.stringify({ moduleSource: { asModule: { name: 'ci', objects } } }),
    });
    server = await startServer(config, {
      HOOK_SECRET: secret,
      NPM_TOKEN: key,
      DOCKER_HOST: 'unix:///docker.sock',
      DAGGER_CLOUD_TOKEN: 'for-nobody-who-does-not-name-it',
      PATH: `${dagger.directory}:${process.env['PATH']}`,
    });
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await repository?.[Symbol.asyncDispose]();
    dagger?.[Symbol.dispose]();
  });

  const log = async (run: string) => {
    const headers = { authorization: `Bearer ${server.token}`, accept: 'text/plain' };
    return (await fetch(`${server.adminUrl}/api/runs/${run}/log`, { headers })).text();
  };

  test('a push to a branch with a hostile name calls what they say, and no shell sees it', async () => {
    const payload = push({
      ref: `refs/heads/${branch}`,
      after: sha,
      url: repository.url,
      changed: ['a;b'],
    });
    const request = githubRequest('push', payload, secret);
    const response = await fetch(`${server.publicUrl}/github`, { method: 'POST', ...request });
    assert.equal(response.status, 202, await response.text());
    const runs = await until(async () => {
      const { items } = await server.api<{ items: RunDetailJson[] }>('/api/runs');
      return items.length === 2 && items.every(({ state }) => state === 'finished') ? items : undefined;
    }, 'both runs to end');
    assert.deepEqual(
      runs.map(({ outcome, reason }) => [outcome, reason]),
      [
        ['success', null],
        ['success', null],
      ],
    );
    const calls = dagger.calls().filter(({ argv }) => argv[0] === 'call');
    const [byName, call] = calls.toSorted((a, b) => String(b.argv[5]).localeCompare(String(a.argv[5])));
    assert.deepEqual(call?.argv.slice(5), [
      'build-image',
      '--src=.',
      `--version=${sha}`,
      `--branch=${branch}`,
      '--token=env:NPM_TOKEN',
    ]);
    assert.equal(call?.env['NPM_TOKEN'], key);
    assert.equal(byName?.env['NPM_TOKEN'], undefined);
    assert.deepEqual(byName?.argv.slice(5, -1), [
      'test-on-github-push',
      `--filter=${branch}`,
      '--on-changes=README.md,a;b',
      '--src=.',
    ]);
    assert.deepEqual(JSON.parse(byName?.files['--event-trigger'] ?? '').payload, JSON.parse(request.body));
    for (const { env, cwd } of calls) {
      assert.equal(env['DOCKER_HOST'], 'unix:///docker.sock');
      assert.equal(env['DAGGER_CLOUD_TOKEN'], undefined);
      assert.equal(existsSync(join(cwd, 'x')), false);
    }
    const called = runs.find(({ rule }) => rule === 'call');
    assert.match(await log(called?.id ?? ''), /^pushed with \*\*\*$/m);
  });
});
