import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTestCheckout } from '../../../test/support/git-checkout.ts';
import { createRepository } from '../../../test/support/git-repository.ts';
import { type GitServer, serveRepository } from '../../../test/support/git-server.ts';
import type { ErrorCode } from '../../domain/errors.ts';

const failure = (code: ErrorCode, message: RegExp) => ({ name: 'SignalboxError', code, message });

/** Processes whose command line has the text. */
const processesOf = (text: string): number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false; // gone meanwhile
      }
    })
    .map(Number);

async function assertNowhere(directory: string, secret: string): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const file = join(entry.parentPath, entry.name);
      assert.ok(!(await readFile(file, 'latin1')).includes(secret), `${file} holds the secret`);
    }
}

describe('private repositories', () => {
  const token = 'ghs_theTokenThatNobodyMaySee';

  test('open with a token that only git sees', async () => {
    await using repository = await createRepository();
    await using server = await serveRepository(repository, { password: token });
    await using world = await createTestCheckout({ tokenFor: url => (url === server.url ? token : null) });
    let looked = 0;
    server.intercept = ({ headers }) => {
      if (headers.authorization === undefined) return false;
      looked++;
      assert.deepEqual(processesOf(token), []);
      return false;
    };
    for (const revision of [{}, { sha: repository.sha }]) {
      await using workspace = await world.prepare({ url: server.url, ...revision });
      assert.equal(workspace.sha, repository.sha);
      await assertNowhere(world.directory, token);
    }
    assert.ok(looked > 0);
    const basic = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
    assert.ok(server.requests.every(({ authorization }) => [undefined, basic].includes(authorization)));
    assert.ok(!world.said.join('\n').includes(token));
  });

  test('A52: credentials in the URL work, and are told to nobody', async () => {
    await using repository = await createRepository();
    await using server = await serveRepository(repository, { password: 'hunter22' });
    await using world = await createTestCheckout();
    const url = server.url.replace('://', '://ada:hunter22@');
    await using workspace = await world.prepare({ url });
    assert.equal(workspace.sha, repository.sha);
    await assertNowhere(world.directory, 'hunter22');
    assert.deepEqual(world.said, [
      `fetching refs/heads/main of ${server.url}`,
      `checked out ${repository.sha}`,
    ]);
  });

  test('without, or with a wrong token, say what is missing', async () => {
    await using repository = await createRepository();
    await using server = await serveRepository(repository, { password: token });
    await using none = await createTestCheckout();
    await using wrong = await createTestCheckout({ tokenFor: () => 'ghs_aWrongTokenWhichIsStillSecret' });
    for (const world of [none, wrong])
      for (const revision of [{}, { sha: repository.sha }])
        await assert.rejects(
          world.prepare({ url: server.url, ...revision }),
          failure('forbidden', /^(?!.*ghs_).*check the token or key for it/),
        );
    await assertNowhere(wrong.directory, 'ghs_aWrong');
  });
});

describe('servers', () => {
  test('that redirect are not followed, and get no token elsewhere', async () => {
    await using repository = await createRepository();
    await using elsewhere = await serveRepository(repository);
    await using server = await serveRepository(repository);
    server.intercept = (request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${elsewhere.port}${request.url}` }).end();
      return true;
    };
    await using world = await createTestCheckout({ tokenFor: () => 'token' });
    await assert.rejects(world.prepare({ url: server.url }), failure('not_found', /has moved/));
    assert.deepEqual(elsewhere.requests, []);
  });

  test('A93: are contacted at the address that was checked, whatever their name means to others', async () => {
    await using repository = await createRepository();
    await using server = await serveRepository(repository);
    await using world = await createTestCheckout({
      lookup: async host => (host === 'git.invalid' ? ['127.0.0.1'] : []),
    });
    await using workspace = await world.prepare({ url: server.url.replace('127.0.0.1', 'git.invalid') });
    assert.equal(workspace.sha, repository.sha);
  });

  test('that are not there, or fail, may be tried again', async () => {
    await using repository = await createRepository();
    await using server = await serveRepository(repository);
    await using world = await createTestCheckout();
    for (const status of [429, 500, 503]) {
      server.intercept = (_, response) => {
        response.writeHead(status).end();
        return true;
      };
      await assert.rejects(world.prepare({ url: server.url }), failure('unavailable', /try again later/));
    }
    server.intercept = request => {
      request.socket.destroy();
      return true;
    };
    await assert.rejects(world.prepare({ url: server.url }), failure('unavailable', /try again later/));
    await server[Symbol.asyncDispose]();
    await assert.rejects(world.prepare({ url: server.url }), failure('unavailable', /try again later/));
  });

  test('that have no such repository are told as such', async () => {
    await using repository = await createRepository();
    await using server = await serveRepository(repository);
    await using world = await createTestCheckout();
    const url = server.url.replace('remote.git', 'other.git');
    for (const sha of [null, repository.sha])
      await assert.rejects(world.prepare({ url, sha }), failure('not_found', /no repository, or is private/));
  });

  test('A52: what they say is shown as one line of plain text', async () => {
    await using repository = await createRepository();
    await using server = await serveRepository(repository);
    server.intercept = (_, response) => {
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end('\u001b[31mred\u0007\r\nfatal: https://ada:hunter22@x/ \u009b2J');
      return true;
    };
    await using world = await createTestCheckout();
    await assert.rejects(
      world.prepare({ url: server.url }),
      failure('not_found', /^(?!.*hunter22)\P{Cc}+$/u),
    );
  });

  test('over ssh get fixed options, the address that was checked, and no questions', async () => {
    await using repository = await createRepository();
    await using world = await createTestCheckout({ lookup: async () => ['192.0.2.7'] });
    // Stands where the network begins: notes how it was called and runs what the other side would.
    const bin = join(world.directory, 'bin');
    const called = join(world.directory, 'called');
    await mkdir(bin);
    const script = `#!/bin/sh\nprintf '%s\\n' "$@" > ${called}\nfor last; do :; done\nexec sh -c "$last"\n`;
    await writeFile(join(bin, 'ssh'), script, { mode: 0o755 });
    await using stubbed = await createTestCheckout({
      path: `${bin}:${process.env['PATH']}`,
      lookup: async () => ['192.0.2.7'],
    });
    const url = `ssh://git@git.example:2222${repository.directory}`;
    await using workspace = await stubbed.prepare({ url, sha: repository.sha });
    assert.equal(workspace.sha, repository.sha);
    const args = (await readFile(called, 'utf8')).split('\n');
    for (const option of ['BatchMode=yes', 'HostName=192.0.2.7', 'HostKeyAlias=[git.example]:2222'])
      assert.equal(args[args.indexOf(option) - 1], '-o', option);
    assert.ok(args.includes('git@git.example'));
  });
});

describe('A59: a fetch that hangs', () => {
  /** Lets git ask what there is, and never answers when it asks for it. */
  function hang(server: GitServer): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.intercept = (request: IncomingMessage) => {
      if (request.method !== 'POST') return false;
      resolve();
      return true;
    };
    return promise;
  }
  test('is over when its time is up: no process, no workspace, no lock is left', async () => {
    await using repository = await createRepository();
    await using server = await serveRepository(repository);
    await using world = await createTestCheckout({ timeoutMs: 1_500 });
    void hang(server);
    await assert.rejects(
      world.prepare({ url: server.url, sha: repository.sha }),
      failure('unavailable', /git was not done after 1\.5 s/),
    );
    assert.deepEqual(processesOf(world.directory), []);
    assert.deepEqual(await world.workspaces(), []);
    server.intercept = null;
    await using workspace = await world.prepare({ url: server.url, sha: repository.sha });
    assert.equal(workspace.sha, repository.sha);
  });

  test('is over when it is told to, also for those who wait behind it', async () => {
    await using repository = await createRepository();
    await using server = await serveRepository(repository);
    await using world = await createTestCheckout();
    const hanging = hang(server);
    const [one, two] = [new AbortController(), new AbortController()];
    const first = world.prepare({ url: server.url, sha: repository.sha }, one.signal);
    await hanging;
    const second = world.prepare({ url: server.url, sha: repository.sha }, two.signal);
    const third = world.prepare({ url: server.url, sha: repository.sha });
    two.abort(new Error('second'));
    await assert.rejects(second, /second/);
    server.intercept = null;
    one.abort(new Error('first'));
    await assert.rejects(first, /first/);
    await using workspace = await third;
    assert.equal(workspace.sha, repository.sha);
    assert.deepEqual(processesOf(world.directory), []);
  });

  test('is begun anew when its git is killed', async () => {
    await using repository = await createRepository();
    await using server = await serveRepository(repository);
    await using world = await createTestCheckout();
    const hanging = hang(server);
    const preparing = world.prepare({ url: server.url, sha: repository.sha });
    await hanging;
    server.intercept = null;
    const killed = processesOf(server.url);
    assert.ok(killed.length > 1);
    // By this a restarted server finds them when it was itself killed.
    for (const pid of killed)
      assert.match(readFileSync(`/proc/${pid}/environ`, 'utf8'), /SIGNALBOX_RUN_ID=run_0{26}\0/);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await using workspace = await preparing;
    assert.equal(workspace.sha, repository.sha);
  });
});
