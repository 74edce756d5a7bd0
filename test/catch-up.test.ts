import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runInProcess } from './support/cli.ts';
import { type FakeGithub, startFakeGithub } from './support/fake-github.ts';
import type { FakeHook } from './support/fake-github-hooks.ts';
import { createRepository, type TestRepository } from './support/git-repository.ts';
import { push, recorded } from './support/github-payloads.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** Deliveries that never arrived, with the real program. */

const secret = 'the secret of the webhook';

interface EventJson {
  readonly id: string;
  readonly type: string;
  readonly branch: string | null;
  readonly deliveryId: string;
  readonly caughtUp?: true;
  readonly duplicates: readonly { readonly conflict: boolean }[];
  readonly verdicts: readonly { readonly runs: readonly string[] }[];
  readonly delivery?: { readonly authentication: { readonly result: string; readonly from?: string } };
}

const config = (github: string) => `
version: 1
data: ./data
sources: { github: { secret: "\${env:HOOK_SECRET}", token: "\${env:GITHUB_TOKEN}", api: "${github}" } }
git: { allowFile: true }
rules:
  - { name: unit, on: push, run: echo tested, report: [github] }
`;

describe('catching up', { timeout: 110_000 }, () => {
  let github: FakeGithub;
  let repository: TestRepository;
  let server: TestServer;
  let hook: FakeHook;
  before(async () => {
    github = await startFakeGithub();
    repository = await createRepository();
    server = await startServer(config(github.url), { HOOK_SECRET: secret, GITHUB_TOKEN: github.token });
    hook = github.hooks.add('/repos/acme/app', `${server.publicUrl}/github`);
    await hook.send('ping', { ...recorded<object>('ping'), repository: to('main').repository }, { secret });
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await github?.[Symbol.asyncDispose]();
    await repository?.[Symbol.asyncDispose]();
  });

  const to = (branch: string) =>
    push({ name: 'acme/app', url: repository.url, ref: `refs/heads/${branch}`, after: repository.sha });
  const events = async () => (await server.api<{ items: readonly EventJson[] }>('/api/events')).items;

  test('three pushes to a server that is down become runs when it is up again', async () => {
    assert.equal(await server.end('SIGKILL'), 'SIGKILL');
    for (const branch of ['one', 'two', 'three']) await hook.send('push', to(branch), { secret });
    await server.start();
    await until(async () => (await events()).length === 4, 'the pushes to come in');
    const [three, two, one, ping] = await events();
    assert.deepEqual(
      [ping, one, two, three].map(event => [event?.branch, event?.caughtUp]),
      [
        [null, undefined],
        ['one', true],
        ['two', true],
        ['three', true],
      ],
    );
    const detail = await server.api<EventJson>(`/api/events/${one?.id}`);
    assert.equal(detail.delivery?.authentication.result, 'fetched');
    assert.ok(detail.delivery.authentication.from?.startsWith(`${github.url}/repos/acme/app/hooks/`));
    const shown = await runInProcess([
      'events',
      'show',
      one?.id ?? '',
      '--data',
      join(server.directory, 'data'),
    ]);
    assert.match(shown.stdout, /caught up: it never arrived, and was fetched through the forge's API/);
    assert.match(shown.stdout, new RegExp(`fetched from ${github.url}/repos/\\S+ over the configured token`));
    await github.status(({ state }) => state === 'success');
  });

  test('what the forge sends again afterwards starts nothing', async () => {
    const [newest] = await events();
    assert.ok(newest);
    // The server has another port now; a forge would send to the same address.
    const again = github.hooks.add('/repos/acme/app', `${server.publicUrl}/github`);
    await again.send('push', to('three'), { secret, guid: newest.deliveryId });
    const [same, ...others] = await events();
    assert.equal(same?.id, newest.id);
    assert.deepEqual(
      same.duplicates.map(({ conflict }) => conflict),
      [false],
    );
    assert.equal(others.length, 3);
    assert.ok(same.verdicts.every(({ runs }) => runs.length === 1));
  });

  test('a backup that is put back catches up what has come since', async () => {
    const data = join(server.directory, 'data');
    const file = join(server.directory, 'backup.tar');
    const made = await runInProcess(['backup', '--data', data, '--to', file, '--json']);
    assert.equal(made.code, 0, made.stderr);
    assert.equal(JSON.parse(made.stdout).events, 4);
    const now = github.hooks.add('/repos/acme/app', `${server.publicUrl}/github`);
    await now.send('push', to('before'), { secret, guid: (await events())[0]?.deliveryId ?? '' });
    await now.send('push', to('since'), { secret });
    assert.equal((await events()).length, 5);

    assert.equal(await server.end('SIGTERM'), 0);
    rmSync(data, { recursive: true });
    const restored = await runInProcess(['restore', file, '--data', data]);
    assert.equal(restored.code, 0, restored.stderr);
    await server.start();
    await until(async () => (await events()).length === 5, 'the push to come in');
    const [since] = await events();
    assert.deepEqual([since?.branch, since?.caughtUp], ['since', true]);
  });

  test('a token that may not read webhooks is said in the API; the door works on', async () => {
    const { sources } = await server.api<{
      sources: readonly { catchUp: { lastAt: string | null; problems: readonly string[] } | null }[];
    }>('/api/health');
    assert.deepEqual(sources[0]?.catchUp?.problems, []);
    assert.ok(sources[0]?.catchUp?.lastAt);

    await server.end('SIGTERM');
    github.fault = { status: 404 };
    await server.start();
    const health = await until(async () => {
      const { sources } = await server.api<{
        sources: readonly { catchUp: { problems: readonly string[] } }[];
      }>('/api/health');
      return sources[0]?.catchUp.problems[0];
    }, 'the problem to be told');
    assert.match(health, /GitHub answers 404 to \/repos\/acme\/app\/hooks.*Webhooks: read/);
    const after = github.hooks.add('/repos/acme/app', `${server.publicUrl}/github`);
    await after.send('push', to('later'), { secret });
    assert.equal((await events())[0]?.branch, 'later');
  });
});
