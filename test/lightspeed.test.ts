import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runInProcess } from './support/cli.ts';
import { type DiscordMessage, startFakeDiscord } from './support/fake-discord.ts';
import type { FakeForge } from './support/fake-forge.ts';
import { startFakeGithub } from './support/fake-github.ts';
import { githubRequest, push } from './support/github-payloads.ts';
import { openHouse, type TestHouse } from './support/house.ts';
import { until } from './support/server.ts';

/** Lightspeed's listeners in the house: GitHub's pushes in at its door, commands in a directory, its words out. */

const secret = 'the secret of the webhook';
const sha = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';

interface Admitted {
  readonly runs: readonly string[];
}
interface Answer {
  readonly api: {
    readonly last_push: { readonly branch: string };
    readonly last_pushes: object;
    readonly config: { readonly discord_hook: string };
  };
  readonly error: string;
}

describe('listeners of Lightspeed', { timeout: 60_000 }, () => {
  let directory: string;
  let discord: FakeForge<DiscordMessage> & { readonly webhook: string };
  let github: Awaited<ReturnType<typeof startFakeGithub>>;
  let house: TestHouse;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'signalbox-lightspeed-'));
    discord = await startFakeDiscord();
    github = await startFakeGithub();
    const listener = (name: string, keys: object) => {
      const file = join(directory, `${name}.json`);
      writeFileSync(file, `// ${name}\n${JSON.stringify({ name, ...keys })}`);
      return file;
    };
    const files = [
      listener('api', {
        exec: ['printf "%s " "$branch" >> ran', 'cd / && test "$SIGNALBOX_BRANCH" != broken', 'pwd >> ran'],
        discord_hook: discord.webhook,
        discord_notify: '@here',
        github_status_token: github.token,
      }),
      listener('other', { exec: 'exit 0' }),
    ];
    house = await openHouse(
      JSON.stringify({
        version: 1,
        sources: { github: { secret: '${env:S}', api: github.url } },
        lightspeed: { listeners: files, admin: true },
      }),
      { S: secret },
    );
  });
  after(async () => {
    await house?.[Symbol.asyncDispose]();
    await github?.[Symbol.asyncDispose]();
    await discord?.[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  const deliver = (branch: string, more: Parameters<typeof push>[0] = {}, signedWith = secret) => {
    const payload = push({ name: 'acme/api', ref: `refs/heads/${branch}`, after: sha, ...more });
    return fetch(`${house.publicUrl}/receive_hook`, {
      method: 'POST',
      ...githubRequest('push', payload, signedWith),
    });
  };
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${house.adminUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${house.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Answer };
  };
  const ran = () => (existsSync(join(directory, 'ran')) ? readFileSync(join(directory, 'ran'), 'utf8') : '');
  const said = (text: string) => discord.status(({ content }) => content.includes(text));

  test('a push runs once, in the directory of the file, and is told', async () => {
    const answer = await deliver('main');
    assert.equal(answer.status, 202);
    const { runs } = (await answer.json()) as Admitted;
    assert.equal(runs.length, 1, 'the name of the repository begins and ends that of the listener');
    await said('succeeded');
    // Each command has a shell of its own, and so a directory.
    assert.equal(ran(), `main ${directory}\n`);
    assert.equal(discord.statuses.at(-1)?.content, 'CI job `api` succeeded on branch(main)');
    const status = await github.status(({ state }) => state === 'success');
    assert.deepEqual([status.repo, status.sha, status.context], ['acme/api', sha, 'signalbox/api']);
  });

  test('a command that fails is the last one', async () => {
    await deliver('broken', { after: 'b'.repeat(40) });
    await said('**FAILED** on branch(broken)');
    assert.match(
      discord.statuses.at(-1)?.content ?? '',
      /^@here CI job `api` \*\*FAILED\*\* on branch\(broken\)/,
    );
    assert.match(ran(), /broken $/);
    await github.status(({ state }) => state === 'failure');
  });

  test('nobody who cannot sign, and nothing that is deleted, runs anything', async () => {
    assert.equal((await deliver('main', {}, 'a guess')).status, 401);
    const deleted = await deliver('main', { after: null });
    assert.deepEqual(((await deleted.json()) as Admitted).runs, []);
  });

  test('/listeners tells of them to whoever has a token, and runs the latest pushes again', async () => {
    assert.equal((await fetch(`${house.adminUrl}/listeners`)).status, 401);
    const { body } = await ask('GET', '/listeners');
    assert.deepEqual(Object.keys(body), ['api', 'other']);
    assert.deepEqual(Object.keys(body.api.last_pushes).toSorted(), ['broken', 'main']);
    assert.equal(body.api.last_push.branch, 'broken');
    assert.equal(body.api.config.discord_hook, '***');
    assert.ok(!JSON.stringify(body).includes(github.token));
    assert.deepEqual((await ask('GET', '/listeners/')).body, body);
    assert.deepEqual((await ask('GET', '/listeners/api')).body, body.api);
    assert.deepEqual(await ask('GET', '/listeners/nobody'), { status: 404, body: {} });
    assert.deepEqual(
      (await ask('POST', '/listeners', { name: 'api', config: { exec: 'x' } })).body,
      body.api,
    );

    const refused = async (method: string, asked: object, error: RegExp) => {
      const answer = await ask(method, '/listeners', asked);
      assert.equal(answer.status, 400);
      assert.match(answer.body.error, error);
    };
    await refused('POST', {}, /^no name supplied$/);
    await refused('POST', { name: 'new' }, /lightspeed\.listeners/);
    await refused('PUT', { name: 'nobody', retrigger: true }, /^no listener with that name$/);
    await refused('PUT', { name: 'api' }, /^no action mapped$/);
    await refused('PUT', { name: 'api', data: { exec: 'x' } }, /lightspeed\.listeners/);
    await refused('PUT', { name: 'other', retrigger: true }, /^no push received by this listener$/);
    await refused('DELETE', { name: 'nobody' }, /^no listener with that name$/);

    const before = ran().match(/main/g)?.length ?? 0;
    assert.deepEqual(await ask('PUT', '/listeners', { name: 'api', retrigger: true }), {
      status: 200,
      body: { msg: 'retriggering api' },
    });
    await until(() => (ran().match(/main/g)?.length ?? 0) === before + 1, 'the push to main to run again');
  });

  test('a listener becomes a configuration file that is in order', async () => {
    const env = { ...process.env, GITHUB_WEBHOOK_SECRET: secret, GITHUB_TOKEN: 'token-1234' };
    const io = { cwd: directory, env: { ...env, DISCORD_WEBHOOK: discord.webhook } };
    const imported = await runInProcess(['import', 'lightspeed', 'api.json'], io);
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(imported.stderr, /GitHub calls \/github/);
    assert.ok(!imported.stdout.includes(github.token));
    writeFileSync(join(directory, 'imported.yaml'), imported.stdout);
    const checked = await runInProcess(['config', 'check', 'imported.yaml'], io);
    assert.equal(checked.code, 0, checked.stdout + checked.stderr);
    const missing = await runInProcess(['import', 'lightspeed', 'nothing.json'], io);
    assert.equal(missing.code, 3);
    writeFileSync(join(directory, 'broken.json'), '{');
    const broken = await runInProcess(['import', 'lightspeed', 'broken.json'], io);
    assert.equal(broken.code, 2);
    assert.match(broken.stderr, /broken\.json:1:2 is no JSON/);
  });
});
