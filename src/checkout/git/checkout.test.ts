import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTestCheckout } from '../../../test/support/git-checkout.ts';
import { createRepository, type File, runGit } from '../../../test/support/git-repository.ts';
import { serveRepository } from '../../../test/support/git-server.ts';
import { checkoutSuite } from '../../contracts/checkout.suite.ts';
import type { ErrorCode } from '../../domain/errors.ts';

checkoutSuite('git', async () => {
  const repository = await createRepository({ which: 'first' });
  const second = await repository.commit({ which: 'second' });
  const { checkout, directory, [Symbol.asyncDispose]: dispose } = await createTestCheckout();
  const elsewhere = join(directory, 'elsewhere');
  await mkdir(elsewhere);
  return {
    checkout,
    url: repository.url,
    first: repository.sha,
    second,
    workspaces: join(directory, 'workspaces'),
    elsewhere,
    async [Symbol.asyncDispose]() {
      await dispose();
      await repository[Symbol.asyncDispose]();
    },
  };
});

/** For `assert.rejects`: one of our errors, of that code, whose sentence fits. */
const failure = (code: ErrorCode, message: RegExp) => ({ name: 'SignalboxError', code, message });

describe('the work tree', () => {
  test('is a repository that a job can use: history, status, remote', async () => {
    await using repository = await createRepository();
    await repository.grow(59);
    const sha = await repository.git('rev-parse', 'main~1');
    await using world = await createTestCheckout();
    await using workspace = await world.prepare({ url: repository.url, sha });
    const git = (...args: readonly string[]) => runGit(['-C', workspace.directory, ...args]);
    assert.equal(await git('rev-parse', 'HEAD'), sha);
    assert.equal(await git('status', '--porcelain'), '');
    assert.equal(await git('rev-list', '--count', 'HEAD'), '50');
    assert.equal(await git('remote', 'get-url', 'origin'), repository.url);
    assert.equal(await git('for-each-ref'), '');
    await git('fetch', '--quiet', '--unshallow', 'origin', sha);
    assert.equal(await git('rev-list', '--count', 'HEAD'), '59');
  });

  test('knows nothing of the mirror, and shares nothing with it', async () => {
    await using repository = await createRepository();
    await using world = await createTestCheckout();
    await using workspace = await world.prepare({ url: repository.url });
    const [mirror = ''] = await world.mirrors();
    for (const entry of await readdir(join(workspace.directory, '.git'), {
      recursive: true,
      withFileTypes: true,
    }))
      if (entry.isFile()) {
        const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
        assert.ok(!text.includes(mirror), `${entry.name} names the mirror`);
      }
    const git = (...args: readonly string[]) => runGit(['-C', workspace.directory, ...args]);
    await git('commit', '--quiet', '--allow-empty', '--message=of the job');
    await git('gc', '--quiet', '--prune=now');
    await using again = await world.prepare({ url: repository.url });
    assert.equal(again.sha, repository.sha);
  });

  test('an annotated tag stands for its commit, looked up or named by its own id', async () => {
    await using repository = await createRepository();
    await repository.git('tag', '--annotate', '--message=x', 'v1', repository.sha);
    await repository.commit({ more: 'more' });
    await using world = await createTestCheckout();
    const ref = 'refs/tags/v1';
    for (const revision of [{ ref }, { ref: 'v1' }, { ref, sha: await repository.git('rev-parse', 'v1') }]) {
      await using workspace = await world.prepare({ url: repository.url, ...revision });
      assert.equal(workspace.sha, repository.sha);
    }
  });

  test('a short name is a branch first, and only exactly that name', async () => {
    await using repository = await createRepository();
    const second = await repository.commit({ a: 'a' }, { branch: 'v1', onto: repository.sha });
    await repository.git('tag', 'v1', repository.sha);
    await repository.git('update-ref', 'refs/heads/refs/heads/inner', repository.sha);
    await using world = await createTestCheckout();
    await using workspace = await world.prepare({ url: repository.url, ref: 'v1' });
    assert.equal(workspace.sha, second);
    for (const ref of ['refs/heads/inner', 'ma', 'MAIN', 'refs/heads/refs/heads/none'])
      await assert.rejects(world.prepare({ url: repository.url, ref }), failure('not_found', /has no /));
  });

  test('a repository with SHA-256 ids works', async () => {
    await using repository = await createRepository({ 'README.md': 'x' }, 'sha256');
    await using world = await createTestCheckout();
    for (const sha of [repository.sha, null]) {
      await using workspace = await world.prepare({ url: repository.url, sha });
      assert.equal(workspace.sha, repository.sha);
    }
  });

  test('A56: with too little room on the disk nothing is begun', async () => {
    await using repository = await createRepository();
    await using world = await createTestCheckout({ lowestFreeBytes: Number.MAX_SAFE_INTEGER });
    await assert.rejects(world.prepare({ url: repository.url }), failure('unavailable', /MB are free/));
    assert.deepEqual([await world.workspaces(), await world.mirrors()], [[], []]);
  });
});

describe('A51: names of refs', () => {
  const legal = [
    '-uo',
    '--upload-pack=touch owned;git-upload-pack',
    '$(touch owned)',
    'a;b|c&d',
    'über/🚦',
    'x'.repeat(200),
    'refs/heads/main',
    'HEAD',
  ].map(name => name.replaceAll(' ', '\u00a0'));
  for (const name of legal)
    test(`${JSON.stringify(name.slice(0, 40))} is a name like any other`, async () => {
      await using repository = await createRepository();
      const parent = await repository.commit({ a: '1' }, { branch: 'other', onto: repository.sha });
      const tip = await repository.commit({ a: '2' }, { branch: 'other' });
      await repository.git('update-ref', `refs/heads/${name}`, tip);
      await using server = await serveRepository(repository, { old: true });
      await using world = await createTestCheckout();
      const ref = `refs/heads/${name}`;
      // An old server does not give out the parent by its id: it is fetched by way of the ref.
      for (const sha of [parent, null]) {
        await using workspace = await world.prepare({ url: server.url, ref, sha });
        assert.equal(workspace.sha, sha ?? tip);
      }
      assert.ok(!(await readdir(world.directory, { recursive: true })).some(path => path.endsWith('owned')));
    });

  const illegal = [
    'a b',
    'a..b',
    '@{-1}',
    'x.lock',
    'a:b',
    'a~1',
    'a^',
    '*',
    'a\\b',
    'a\nb',
    'a\0b',
    '/a',
    'a//b',
    '.a',
    'a.',
    '',
  ];
  for (const name of illegal)
    test(`${JSON.stringify(name)} is refused`, async () => {
      await using world = await createTestCheckout();
      const url = 'file:///nowhere';
      for (const ref of [name, `refs/heads/${name}`])
        for (const sha of [null, 'a'.repeat(40)])
          await assert.rejects(
            world.prepare({ url, ref, sha }),
            failure('invalid', /no name that git allows/),
          );
    });

  test('a commit id is 40 or 64 digits, nothing else', async () => {
    await using world = await createTestCheckout();
    for (const sha of ['', 'HEAD', '--all', 'a'.repeat(39), 'A'.repeat(40), `${'a'.repeat(40)}\n`])
      await assert.rejects(
        world.prepare({ url: 'file:///nowhere', sha }),
        failure('invalid', /no commit id/),
      );
  });
});

describe('hostile content', () => {
  async function checkout(files: Readonly<Record<string, File>>) {
    await using building = new AsyncDisposableStack();
    const repository = building.use(await createRepository(files));
    const world = building.use(await createTestCheckout());
    const workspace = await world.prepare({ url: repository.url });
    const built = building.move();
    return { ...world, workspace, [Symbol.asyncDispose]: () => built.disposeAsync() };
  }

  test('A53: submodules are not fetched', async () => {
    await using other = await createRepository();
    await using world = await checkout({
      '.gitmodules': `[submodule "a"]\n\tpath = a\n\turl = ${other.url}\n[submodule "b"]\n\tpath = b\n\turl = ext::sh -c touch% owned\n`,
      'README.md': 'hello',
    });
    assert.deepEqual((await readdir(world.workspace.directory)).sort(), ['.git', '.gitmodules', 'README.md']);
  });

  for (const [what, text] of [
    ['a URL that is an option', '[submodule "a"]\n\tpath = a\n\turl = --upload-pack=x\n'],
    ['a name that leads out', '[submodule "../../x"]\n\tpath = a\n\turl = https://example.org/x\n'],
    ['a path that is an option', '[submodule "a"]\n\tpath = -a\n\turl = https://example.org/x\n'],
  ] as const)
    test(`A53: submodules with ${what} are refused as a whole`, async () => {
      await assert.rejects(
        checkout({ '.gitmodules': text }),
        failure('forbidden', /objects .* are refused.*gitmodules/),
      );
    });

  test('A54: committed hooks, settings and filters start nothing', async () => {
    const script = { mode: '100755', text: `#!/bin/sh\ntouch owned\n` } as const;
    await using world = await checkout({
      '.gitattributes': '* filter=evil diff=evil merge=evil\n*.bin filter=lfs diff=lfs merge=lfs -text\n',
      '.gitconfig': '[filter "evil"]\n\tsmudge = touch owned\n[core]\n\tfsmonitor = touch owned\n',
      '.lfsconfig': '[lfs]\n\turl = http://169.254.169.254/\n',
      'big.bin': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      'hooks/post-checkout': script,
      '.githooks/post-checkout': script,
    });
    const { directory } = world.workspace;
    assert.ok(!(await readdir(world.directory, { recursive: true })).some(path => path.endsWith('owned')));
    assert.match(await readFile(join(directory, 'big.bin'), 'utf8'), /^version https:\/\/git-lfs/);
    assert.deepEqual(await readdir(join(directory, '.git', 'hooks')).catch(() => []), []);
  });

  test('A54: the configuration of whoever runs the server, and of repositories around, does not count', async () => {
    await using repository = await createRepository({ '.gitattributes': '* filter=evil\n', a: 'a' });
    await using world = await createTestCheckout();
    await runGit(['init', '--quiet', world.directory]);
    const config = join(world.directory, '.git', 'config');
    const evil =
      '[filter "evil"]\n\tsmudge = sed s/a/evil/\n[url "file:///elsewhere"]\n\tinsteadOf = file://\n';
    await writeFile(config, evil, { flag: 'a' });
    await using workspace = await world.prepare({ url: repository.url });
    assert.equal(await readFile(join(workspace.directory, 'a'), 'utf8'), 'a');
  });

  test('A54: what a job writes into a mirror’s configuration is gone at the next use', async () => {
    await using repository = await createRepository({ '.gitattributes': '* filter=evil\n', a: 'a' });
    await using world = await createTestCheckout();
    await (await world.prepare({ url: repository.url }))[Symbol.asyncDispose]();
    const [mirror = ''] = await world.mirrors();
    const evil =
      '[url "file:///elsewhere"]\n\tinsteadOf = file://\n[uploadpack]\n\tpackObjectsHook = false\n';
    await writeFile(join(mirror, 'config'), evil, { flag: 'a' });
    await using workspace = await world.prepare({ url: repository.url });
    assert.equal(workspace.sha, repository.sha);
  });

  test('A55: links are checked out as links, whatever they point at', async () => {
    await using world = await checkout({
      passwd: { mode: '120000', text: '/etc/passwd' },
      up: { mode: '120000', text: '..' },
      loop: { mode: '120000', text: 'loop' },
    });
    assert.equal(await readlink(join(world.workspace.directory, 'passwd')), '/etc/passwd');
    await world.workspace[Symbol.asyncDispose]();
    assert.deepEqual(await world.workspaces(), []);
  });

  test('A55: a tree that would write through a link, or into .git, is refused', async () => {
    for (const files of [{ '.GIT/config': 'x' }, { 'git~1/config': 'x' }, { 'a/.git/config': 'x' }])
      await assert.rejects(checkout(files), failure('forbidden', /objects .* are refused/));
  });
});

describe('A57: the commit', () => {
  test('of a branch that was moved on, but still there, is checked out', async () => {
    await using repository = await createRepository();
    await repository.commit({ a: '2' });
    await repository.commit({ a: '3' });
    for (const old of [false, true]) {
      await using server = await serveRepository(repository, { old });
      await using world = await createTestCheckout();
      await using workspace = await world.prepare({ url: server.url, sha: repository.sha });
      assert.equal(workspace.sha, repository.sha, `old server: ${old}`);
    }
  });

  test('that was replaced and is gone is not found, also when the mirror still has it', async () => {
    for (const old of [false, true]) {
      await using repository = await createRepository();
      const gone = await repository.commit({ a: 'before' });
      await using server = await serveRepository(repository, { old });
      await using world = await createTestCheckout();
      await (await world.prepare({ url: server.url, sha: gone }))[Symbol.asyncDispose]();
      await repository.commit({ a: 'after' }, { onto: repository.sha });
      await repository.git('gc', '--quiet', '--prune=now');
      await assert.rejects(
        world.prepare({ url: server.url, sha: gone }),
        failure('not_found', new RegExp(`commit ${gone} is no longer on the remote`)),
      );
      await repository.git('update-ref', '-d', 'refs/heads/main');
      await assert.rejects(
        world.prepare({ url: server.url, sha: gone }),
        failure('not_found', /no longer on the remote/),
      );
    }
  });

  test('of a far past is found on an old server by way of its branch', async () => {
    await using repository = await createRepository();
    await repository.grow(60);
    await using server = await serveRepository(repository, { old: true });
    await using world = await createTestCheckout();
    await (await world.prepare({ url: server.url }))[Symbol.asyncDispose]();
    await using workspace = await world.prepare({ url: server.url, sha: repository.sha });
    assert.equal(workspace.sha, repository.sha);
  });

  test('that is on the server but not on the branch that was named is not taken from an old one', async () => {
    await using repository = await createRepository();
    const tip = await repository.commit({ a: '1' }, { branch: 'other', onto: repository.sha });
    const parent = await repository.commit({ a: '2' }, { branch: 'other', onto: tip });
    await repository.commit({ a: '3' }, { branch: 'other', onto: parent });
    await using server = await serveRepository(repository, { old: true });
    await using world = await createTestCheckout();
    await assert.rejects(
      world.prepare({ url: server.url, sha: parent }),
      failure('not_found', /no longer on the remote/),
    );
  });
});
