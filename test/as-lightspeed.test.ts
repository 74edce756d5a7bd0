import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunDetailJson, RunJson } from '../src/server/json/run.ts';
import { type DiscordMessage, startFakeDiscord } from './support/fake-discord.ts';
import type { FakeForge } from './support/fake-forge.ts';
import { githubRequest, push } from './support/github-payloads.ts';
import { startListener, type TestListener } from './support/listener.ts';
import { type Persona, persona, startPersona } from './support/persona.ts';
import { startBroker, type TestBroker, withoutRabbitmq } from './support/rabbitmq-server.ts';
import { until } from './support/server.ts';

/** `signalbox as lightspeed hooks|admin|listener`: three real programs and a real RabbitMQ. */

const secret = 'the secret of the webhook';
const token = 'the-token-of-hooks-and-listeners';
const patienceMs = 60_000;

interface ListenerJson {
  readonly name: string;
  readonly online: boolean;
  readonly last_pushes: object;
  readonly config: { readonly branch_filter?: readonly string[]; readonly discord_hook?: string };
}

interface HealthJson {
  readonly sources: readonly { readonly streams: readonly { readonly problem: string | null }[] }[];
}

describe('Lightspeed over RabbitMQ', { skip: withoutRabbitmq, timeout: 300_000, concurrency: false }, () => {
  let directory: string;
  let broker: TestBroker;
  let discord: FakeForge<DiscordMessage> & { readonly webhook: string };
  let admin: Persona;
  let hooks: Persona;
  let listener: TestListener;
  let adminPort: number;
  const listening = { SIGNALBOX_TOKEN: token, MARK: 'from the machine' };

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'signalbox-as-lightspeed-'));
    broker = await startBroker({ virtualHosts: ['/', 'sb'], users: [guest] });
    discord = await startFakeDiscord();
    adminPort = await freePort();
    // Nobody has to wait for anybody: they start in the order in which nothing answers yet.
    hooks = await startPersona(
      ['lightspeed', 'hooks'],
      {},
      {
        ADMIN_DOMAIN: '127.0.0.1',
        ADMIN_PORT: String(adminPort),
        SIGNALBOX_TOKEN: token,
        GITHUB_WEBHOOK_SECRET: secret,
      },
    );
    listener = startListener(
      api(),
      ['--host', '127.0.0.1', '--port', String(adminPort), '--admin-port', '0'],
      {
        ...listening,
        RABBIT_HOST: rabbit(),
      },
    );
    admin = await startPersona(
      ['lightspeed', 'admin', '--port', String(adminPort)],
      {},
      {
        RABBIT_HOST: rabbit(),
        SIGNALBOX_TOKEN: token,
      },
    );
    await listener.registered();
  });
  after(async () => {
    await listener?.[Symbol.asyncDispose]();
    await hooks?.[Symbol.asyncDispose]();
    await admin?.[Symbol.asyncDispose]();
    await discord?.[Symbol.asyncDispose]();
    await broker?.[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  });

  const rabbit = () => `admin:admin@127.0.0.1:${broker.port}/sb`;
  const witness = () => join(directory, 'witness');
  const lines = (): readonly string[] =>
    existsSync(witness()) ? readFileSync(witness(), 'utf8').split('\n').filter(Boolean) : [];
  const linesOf = (branch: string) => lines().filter(line => line.startsWith(`${branch} `));
  /** The listener's file, with comments as in the original's own. */
  const api = (more: object = {}) => {
    const keys = {
      exec: [
        `echo "$branch $MARK $PWD \${SIGNALBOX_TOKEN:-no token}" >> ${witness()}`,
        'test "$branch" != broken',
      ],
      cwd: directory,
      branch_filter: ['main', 'broken', 'idle', 'later', 'waits', 'broker', 'drain'],
      discord_hook: discord.webhook,
      discord_notify: '@here',
      ...more,
    };
    return `{\n  "name": "api", // what answers to acme/api\n${JSON.stringify(keys).slice(1)}`;
  };

  const deliver = (branch: string, id = `id of ${branch}`, signedWith = secret) =>
    fetch(`${hooks.url}/receive_hook`, {
      method: 'POST',
      ...githubRequest('push', push({ name: 'acme/api', ref: `refs/heads/${branch}` }), signedWith, id),
    });
  const runs = async () => (await admin.api<{ items: readonly RunJson[] }>('/api/runs')).items;
  const runOn = (branch: string, is: (run: RunJson) => boolean = () => true): Promise<RunJson> =>
    until(
      async () => (await runs()).find(run => run.ref === `refs/heads/${branch}` && is(run)),
      `a run on ${branch}`,
      patienceMs,
    );
  const ended = (branch: string) => runOn(branch, ({ state }) => state === 'finished');
  const listeners = async (
    path: string,
    init: Pick<RequestInit, 'method' | 'body'> & { readonly headers?: Record<string, string> } = {},
    shown: string = token,
  ) => {
    const headers = { authorization: `Bearer ${shown}`, 'content-type': 'application/json', ...init.headers };
    const answer = await fetch(`http://127.0.0.1:${adminPort}${path}`, { ...init, headers });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };

  test('a push runs on the listener, in its directory and environment, and is told', async () => {
    const answer = await deliver('main');
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { msg: 'ok' });
    const run = await ended('main');
    assert.deepEqual([run.rule, run.outcome, run.agent], ['api', 'success', 'lightspeed-api']);
    assert.deepEqual(linesOf('main'), [`main from the machine ${directory} no token`]);
    await discord.status(({ content }) => content === 'CI job `api` succeeded on branch(main)');
    await deliver('broken');
    assert.equal((await ended('broken')).outcome, 'failure');
    await discord.status(({ content }) => /^@here .*\*\*FAILED\*\* on branch\(broken\)/.test(content));
  });

  test('nothing but what is signed, nothing twice, and nothing for other branches', async () => {
    assert.equal((await deliver('main', 'forged', 'a guess')).status, 401);
    assert.equal((await deliver('main')).status, 200);
    // It came to admin once more, from a hook server that does not remember it.
    const again = githubRequest(
      'push',
      push({ name: 'acme/api', ref: 'refs/heads/main' }),
      secret,
      'id of main',
    );
    const match = { method: 'POST', ...again };
    assert.equal((await listeners('/match', match)).status, 200);
    assert.equal((await listeners('/match', match, 'a guess')).status, 401);
    assert.equal((await deliver('elsewhere')).status, 200);
    await deliver('idle');
    await ended('idle');
    assert.equal((await runs()).filter(({ ref }) => ref !== null && /main|elsewhere/.test(ref)).length, 1);
    assert.equal(linesOf('main').length, 1);
  });

  test('/listeners is for who has the token, at both doors of admin', async () => {
    assert.equal((await listeners('/listeners', {}, 'a guess')).status, 401);
    assert.equal((await fetch(`http://127.0.0.1:${adminPort}/listeners`)).status, 401);
    assert.equal((await listeners('/api/runs')).status, 404, 'the API is at the admin door alone');
    const body = await until(
      async () => {
        const { body } = await listeners('/listeners');
        return body.api.online ? body : undefined;
      },
      'admin to have heard of the listener',
      patienceMs,
    );
    const record: ListenerJson = body.api;
    assert.deepEqual([record.name, record.config.discord_hook], ['api', '***']);
    assert.deepEqual(Object.keys(record.last_pushes).toSorted(), ['broken', 'idle', 'main']);
    assert.deepEqual(await admin.api('/listeners'), body);
    assert.ok(!JSON.stringify(body).includes(discord.webhook));

    const refused = async (method: string, asked: object, error: RegExp) => {
      const answer = await listeners('/listeners', { method, body: JSON.stringify(asked) });
      assert.equal(answer.status, 400);
      assert.match(answer.body.error, error);
    };
    await refused('POST', {}, /^no name supplied$/);
    await refused('POST', { name: 'new' }, /^no config supplied/);
    await refused('POST', { name: '../new', config: { exec: 'x' } }, /name: a name is up to 64/);
    await refused('POST', { name: 'new', config: { exec: [] } }, /exec: /);
    await refused('PUT', { name: 'api', data: { exec: 'x' } }, /its own file/);
    await refused('PUT', { name: 'nobody', retrigger: true }, /^no listener with that name$/);
    await refused('DELETE', { name: 'nobody' }, /^no listener with that name$/);
    const post = { method: 'POST', body: JSON.stringify({ name: 'New', config: { exec: 'x' } }) };
    assert.equal((await listeners('/listeners', post)).body.name, 'New');
    const put = { name: 'New', config: { exec: 'x', branch_filter: ['dev'] } };
    await listeners('/listeners', { method: 'PUT', body: JSON.stringify(put) });
    assert.deepEqual((await listeners('/listeners/New')).body.config.branch_filter, ['dev']);
    const gone = await listeners('/listeners', { method: 'DELETE', body: JSON.stringify({ name: 'New' }) });
    assert.deepEqual(gone, { status: 200, body: { msg: 'ok' } });
    assert.deepEqual(await listeners('/listeners/New'), { status: 404, body: {} });
    assert.equal((await listeners('/listeners', { method: 'POST', body: 'x'.repeat(2 ** 21) })).status, 413);
  });

  test('what it has run last runs again when somebody asks for it', async () => {
    const before = linesOf('main').length;
    const again = await listeners('/listeners', {
      method: 'PUT',
      body: JSON.stringify({ name: 'api', retrigger: true }),
    });
    assert.deepEqual(again, { status: 200, body: { msg: 'retriggering api' } });
    await until(() => linesOf('main').length === before + 1, 'the push to run again', patienceMs);
  });

  test('who has the token may say when a listener runs, and never what', async () => {
    const config = { exec: `echo "main stolen" >> ${witness()}`, branch_filter: ['stolen'] };
    let tries = 0;
    await until(
      async () => {
        // The listener may register anew at any moment, and then has its own say again.
        await listeners('/listeners', { method: 'POST', body: JSON.stringify({ name: 'api', config }) });
        tries += 1;
        await deliver('stolen', `steal ${tries}`);
        return linesOf('stolen').length > 0;
      },
      'a run on the other branch',
      patienceMs,
    );
    await ended('stolen');
    assert.equal(linesOf('main stolen').length, 0);
  });

  test('a changed file counts at once, a broken one not at all', async () => {
    listener.write(api({ branch_filter: ['changed'] }));
    await until(
      async () => (await listeners('/listeners/api')).body.config.branch_filter.includes('changed'),
      'admin to know the change',
      patienceMs,
    );
    listener.write('{ "name": "api", }');
    await until(
      () => /my-config-file\.json:1:1 is no listener: exec: /.test(listener.output()),
      'the complaint',
    );
    await deliver('changed');
    assert.equal((await ended('changed')).outcome, 'success');
    assert.equal(linesOf('changed').length, 1);
    listener.write(api());
    await until(
      async () => !(await listeners('/listeners/api')).body.config.branch_filter.includes('changed'),
      'admin to know the first file again',
      patienceMs,
    );
  });

  test('admin is away, and hooks are killed: the push runs once when both are back', async () => {
    await admin.end('SIGKILL');
    assert.equal((await deliver('later')).status, 200);
    await until(
      async () => {
        const { sources } = await hooks.api<HealthJson>('/api/health');
        return sources.some(({ streams }) =>
          streams.some(({ problem }) => /does not answer/.test(problem ?? '')),
        );
      },
      'hooks to try',
      patienceMs,
    );
    await hooks.end('SIGKILL');
    await hooks.start();
    await admin.start();
    assert.equal((await ended('later')).outcome, 'success');
    assert.equal(linesOf('later').length, 1);
  });

  test('a listener that has complained says when it is registered again', async () => {
    const before = listener.output().length;
    const said = () => listener.output().slice(before);
    await admin.end('SIGKILL');
    // It asks at once, and not within half a minute.
    listener.write(`${api()}\n`);
    await until(() => /does not answer: .*; it is asked again/.test(said()), 'the complaint', patienceMs);
    await admin.start();
    await until(() => / is registered at .* again$/m.test(said()), 'that it is well again', patienceMs);
  });

  test('the listener is away: its run says so, waits, and is taken when it is back', async () => {
    await listener.end('SIGKILL');
    await deliver('waits');
    const { id } = await runOn('waits');
    const why = await until(
      async () => {
        const { waits } = await admin.api<RunDetailJson>(`/api/runs/${id}`);
        return waits !== null && /no listener/.test(waits) ? waits : undefined;
      },
      'the reason',
      patienceMs,
    );
    assert.equal(why, 'no listener api is online');
    assert.equal((await listeners('/listeners/api')).body.online, false);
    listener.spawn();
    assert.equal((await ended('waits')).outcome, 'success');
    assert.equal(linesOf('waits').length, 1);
  });

  test('RabbitMQ is away: the push runs once when it is back', async () => {
    await listener.registered();
    await broker.kill();
    assert.equal((await deliver('broker')).status, 200);
    await runOn('broker');
    await broker.start();
    assert.equal((await ended('broker')).outcome, 'success');
    assert.equal(linesOf('broker').length, 1);
  });

  test('a listener that is told to end finishes what it runs, and ends well', async () => {
    const { admin: health } = listener.ready();
    assert.equal((await fetch(`${health}/healthz`)).status, 200);
    const [begun, go] = [join(directory, 'begun'), join(directory, 'go')];
    listener.write(api({ exec: `echo > ${begun}; while [ ! -e ${go} ]; do sleep 0.05; done` }));
    await until(
      async () => JSON.stringify((await listeners('/listeners/api')).body.config).includes(begun),
      'admin to know the change',
      patienceMs,
    );
    await deliver('drain');
    await until(() => existsSync(begun), 'it to begin', patienceMs);
    const ending = listener.end('SIGTERM');
    await until(
      async () => (await listeners('/listeners/api')).body.online === false,
      'it to drain',
      patienceMs,
    );
    writeFileSync(go, '');
    assert.equal(await ending, 0);
    assert.equal((await ended('drain')).outcome, 'success');
  });

  test("the lines of the original's README start all three, with a word changed", async t => {
    await using usual = await usualPort(broker);
    if (usual === null) return t.skip('somebody has the usual port of RabbitMQ on all addresses');
    // `RABBIT_HOST=rabbit python app/admin.py`, on the usual ports of a machine called so.
    await using own = await startPersona(
      ['lightspeed', 'admin', '--host', machine, '--port', '8080'],
      {},
      { RABBIT_HOST: machine, SIGNALBOX_TOKEN: token },
    );
    // `python app/hooks.py`, on the same one or another.
    await using door = await startPersona(
      ['lightspeed', 'hooks'],
      {},
      { ADMIN_DOMAIN: machine, SIGNALBOX_TOKEN: token },
    );
    // `python app/listener.py --host rabbit my-config-file.json`
    const file = `{ "name": "my-repo-with-name", // name substring matches repositories
      "exec": ["pwd > ran"], }`;
    await using there = startListener(file, ['--host', machine], { SIGNALBOX_TOKEN: token });
    await there.registered();
    const { body, headers } = githubRequest('push', push({ name: 'acme/my-repo' }), 'unasked');
    assert.equal((await fetch(`${door.url}/receive_hook`, { method: 'POST', body, headers })).status, 200);
    await until(
      async () =>
        (await own.api<{ items: readonly RunJson[] }>('/api/runs')).items.some(
          ({ rule, outcome }) => rule === 'my-repo-with-name' && outcome === 'success',
        ),
      'the run',
      patienceMs,
    );
    assert.equal(readFileSync(join(there.directory, 'ran'), 'utf8'), `${there.directory}\n`);
  });
});

describe('what is wrong is said', { timeout: 60_000 }, () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'signalbox-as-lightspeed-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));
  const listener = async (text: string) => {
    writeFileSync(join(directory, 'my.json'), text);
    return persona(['lightspeed', 'listener', 'my.json', '--host', '127.0.0.1'], {}, directory);
  };

  test('about a file, with its place', async () => {
    const broken = await listener('{\n  "name": "api", // yes\n  "exec": \n}');
    assert.equal(broken.code, 2);
    assert.match(broken.stderr, /my\.json:4:1 is no JSON: a value is missing here/);
    const wrong = await listener('{\n  "name": "api",\n  "exec": 5\n}');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /my\.json:3:11 is no listener: exec: write one text, or a list/);
    const none = await persona(['lightspeed', 'listener', 'none.json'], {}, directory);
    assert.equal(none.code, 3);
    assert.match(none.stderr, /none\.json cannot be read: it does not exist/);
  });

  test('about variables, without what is secret in them', async () => {
    const env = { RABBIT_HOST: 'user:s3cret@a b' };
    const { code, stderr } = await persona(['lightspeed', 'admin'], env, directory);
    assert.equal(code, 2);
    assert.match(stderr, /RABBIT_HOST is no address of RabbitMQ/);
    assert.ok(!stderr.includes('s3cret'));
    const port = await persona(['lightspeed', 'hooks'], { ADMIN_PORT: 'many' }, directory);
    assert.match(port.stderr, /ADMIN_PORT is "many": write a number/);
  });

  test('a listener that waits for RabbitMQ ends when it is told to, and not when it has waited enough', async () => {
    const args = ['--host', '127.0.0.1', '--port', '1', '--rabbit-host', '127.0.0.1:1'];
    await using waiting = startListener({ name: 'api', exec: 'true' }, args, {});
    await until(() => /consumer setup failed/.test(waiting.output()), 'it to wait', patienceMs);
    assert.equal(await waiting.end('SIGTERM'), 0);
    // What it says when it has waited enough, some 25 s after it has begun.
    assert.doesNotMatch(waiting.output(), /waiting for a control plane/);
  });

  test('about hooks that have nothing to show to an admin server elsewhere', async () => {
    await using hooks = await startPersona(['lightspeed', 'hooks'], {}, { ADMIN_DOMAIN: 'admin.invalid' });
    await until(
      () => /WARNING: SIGNALBOX_TOKEN is not set: .* http:\/\/admin\.invalid:8080/.test(hooks.stderr()),
      'the warning',
    );
  });

  test('about hooks that nobody checks', async () => {
    await using hooks = await startPersona(['lightspeed', 'hooks'], {}, { ADMIN_PORT: '1' });
    await until(
      () => /WARNING: everybody who reaches this port may start listeners/.test(hooks.stderr()),
      'the warning',
    );
    const { body, headers } = githubRequest('push', push({ name: 'acme/api' }), 'unasked');
    const answer = await fetch(`${hooks.url}/receive_hook`, { method: 'POST', body, headers });
    assert.equal(answer.status, 200);
    assert.equal((await fetch(`${hooks.url}/receive_hook`)).status, 405);
    assert.equal((await fetch(`${hooks.url}/`)).status, 200);
    const bad = await fetch(`${hooks.url}/receive_hook`, { method: 'POST', body: '{', headers });
    assert.equal(bad.status, 400);
  });
});

const guest = {
  name: 'guest',
  password: 'guest',
  virtualHost: '/',
  configure: '.*',
  write: '.*',
  read: '.*',
};

/** All of loopback is this machine, and on an address of its own the usual ports are free. */
const machine = `127.83.${1 + ((process.pid >> 8) % 250)}.${1 + (process.pid % 250)}`;

/** Has the broker answer at its usual port of that machine; null where that is taken. */
function usualPort({ port }: TestBroker): Promise<Server | null> {
  const server = createServer(socket => {
    const to = connect(port, '127.0.0.1');
    for (const each of [socket, to]) each.on('error', () => [socket, to].forEach(end => end.destroy()));
    socket.pipe(to).pipe(socket);
  });
  return new Promise(resolve => {
    server.once('error', () => resolve(null));
    server.listen(5672, machine, () => resolve(server));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
