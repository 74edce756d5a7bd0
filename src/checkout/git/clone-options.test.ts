import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTestCheckout } from '../../../test/support/git-checkout.ts';
import { createRepository, runGit, type TestRepository } from '../../../test/support/git-repository.ts';
import { serveRepository } from '../../../test/support/git-server.ts';
import type { Workspace } from '../../contracts/checkout.ts';
import type { CloneOptions } from '../../domain/pipeline.ts';

const clone = (options: Partial<CloneOptions> = {}): CloneOptions => ({
  skip: false,
  depth: 1,
  submodules: false,
  tags: false,
  ...options,
});
const git = ({ directory }: Workspace, ...args: string[]) => runGit(['-C', directory, ...args]);
const read = ({ directory }: Workspace, path: string) => readFile(join(directory, path), 'utf8');

test('skip: there is nothing, and the commit is known all the same', async () => {
  await using world = await createTestCheckout();
  const sha = 'c'.repeat(40);
  await using workspace = await world.prepare({
    url: 'https://nowhere.invalid/x',
    sha,
    clone: clone({ skip: true }),
  });
  assert.equal(workspace.sha, sha);
  assert.deepEqual(await readdir(workspace.directory), []);
});

test('depth: so many commits come along, more and less than usual, whatever others wanted before', async () => {
  await using repository = await createRepository();
  await repository.grow(80);
  await using world = await createTestCheckout();
  for (const depth of [1, 70, 3, 200]) {
    await using workspace = await world.prepare({ url: repository.url, clone: clone({ depth }) });
    assert.equal(await git(workspace, 'rev-list', '--count', 'HEAD'), String(Math.min(depth, 81)));
  }
  await using usual = await world.prepare({ url: repository.url });
  assert.equal(await git(usual, 'rev-list', '--count', 'HEAD'), '50');
});

test('tags: a repository that has none is checked out as well', async () => {
  await using repository = await createRepository();
  await using world = await createTestCheckout();
  await using workspace = await world.prepare({ url: repository.url, clone: clone({ tags: true }) });
  assert.equal(workspace.sha, repository.sha);
});

test('tags: all of them come along as they are now; without being asked for none does', async () => {
  await using repository = await createRepository();
  await repository.grow(10);
  await repository.git('tag', 'v1', repository.sha);
  await repository.git('tag', '--annotate', '--message=two', 'v2', 'main');
  await repository.grow(3);
  await using world = await createTestCheckout();
  const { url } = repository;
  await using tagged = await world.prepare({ url, clone: clone({ tags: true, depth: 10 }) });
  assert.equal(await git(tagged, 'tag', '--list'), 'v1\nv2');
  assert.match(await git(tagged, 'describe'), /^v2-3-g/);
  await repository.git('tag', '--delete', 'v1');
  await using later = await world.prepare({ url, clone: clone({ tags: true }) });
  assert.equal(await git(later, 'tag', '--list'), 'v2');
  // The tag's own history is short; the commit's is not cut by it.
  await using deep = await world.prepare({ url, clone: clone({ tags: true, depth: 12 }) });
  assert.ok(Number(await git(deep, 'rev-list', '--count', 'HEAD')) >= 12);
  await using without = await world.prepare({ url, clone: clone({ depth: 12 }) });
  assert.equal(await git(without, 'tag', '--list'), '');
  assert.equal(await git(without, 'rev-list', '--count', 'HEAD'), '12');
  await repository.git('tag', '--delete', 'v2');
  await using none = await world.prepare({ url, clone: clone({ tags: true }) });
  assert.equal(await git(none, 'tag', '--list'), '');
});

describe('submodules', () => {
  const modules = (...all: readonly (readonly [path: string, url: string, more?: string])[]) =>
    all
      .map(([path, url, more = ''], n) => `[submodule "n${n}"]\n\tpath = ${path}\n\turl = ${url}\n${more}`)
      .join('');
  const within = async (inner: TestRepository, path: string, url: string = inner.url, more = '') =>
    createRepository({
      '.gitmodules': modules([path, url, more]),
      [path]: { commit: inner.sha },
      'README.md': 'outer\n',
    });
  const options = clone({ submodules: true });

  test('come along with theirs, each at its commit, also where the address is relative', async () => {
    await using inner = await createRepository({ which: 'inner\n' });
    await using middle = await within(inner, 'lib/inner');
    await using outer = await within(
      middle,
      'vendor/the middle',
      `../../${middle.url.split('/').slice(-2).join('/')}`,
    );
    // They have moved on; what counts is what the commit says.
    await inner.commit({ which: 'newer\n' });
    await middle.commit({ which: 'newer\n' });
    await using world = await createTestCheckout();
    await using workspace = await world.prepare({ url: outer.url, clone: options });
    assert.equal(await read(workspace, 'vendor/the middle/lib/inner/which'), 'inner\n');
    assert.equal(await git(workspace, 'status', '--porcelain'), '');
    assert.equal(
      await runGit(['-C', join(workspace.directory, 'vendor/the middle/lib/inner'), 'rev-parse', 'HEAD']),
      inner.sha,
    );
    assert.ok(world.said.includes(`fetching ${inner.sha} of ${inner.url}`));
  });

  test('stay away when nobody asks for them, and where the repository says so', async () => {
    await using inner = await createRepository({ which: 'inner\n' });
    await using outer = await within(inner, 'lib');
    await using quiet = await within(inner, 'lib', inner.url, '\tupdate = none\n');
    await using world = await createTestCheckout();
    await using without = await world.prepare({ url: outer.url, clone: clone() });
    assert.deepEqual(await readdir(join(without.directory, 'lib')), []);
    await using none = await world.prepare({ url: quiet.url, clone: options });
    assert.deepEqual(await readdir(join(none.directory, 'lib')), []);
  });

  test('that cannot be had end the checkout, which says which one, and how to do without', async () => {
    await using inner = await createRepository();
    await using outer = await createRepository({
      '.gitmodules': modules(['lib', inner.url]),
      lib: { commit: 'd'.repeat(40) },
    });
    await using world = await createTestCheckout();
    await assert.rejects(world.prepare({ url: outer.url, clone: options }), {
      code: 'not_found',
      message:
        /^submodule lib: commit d{40} is no longer on the remote .*; the workflow can do without it by "clone: \{ submodules: false \}"$/,
    });
    assert.deepEqual(await world.workspaces(), []);
  });

  test('are no way to this machine’s files, to its keys, or to a Radicle node', async () => {
    await using inner = await createRepository({ which: 'private\n' });
    for (const url of [
      inner.url,
      'ssh://git@forge.invalid/x',
      'rad://z2u2CP3ZJzB7ZqE8jHrau19yjcfCQ',
      'git@forge.invalid:x',
    ])
      for (const more of ['', '\tupdate = checkout\n']) {
        await using outer = await within(inner, 'lib', url, more);
        await using server = await serveRepository(outer);
        await using world = await createTestCheckout({ radicleHome: '/nowhere' });
        await assert.rejects(
          world.prepare({ url: server.url, clone: options }),
          /^SignalboxError: submodule lib: /,
        );
      }
    // Nor are other protocols.
    await using outer = await within(inner, 'lib', 'ext::sh -c true');
    await using world = await createTestCheckout();
    await assert.rejects(world.prepare({ url: outer.url, clone: options }), /submodule lib: /);
  });

  test('get no token of ours, though their repository does', async () => {
    const token = 'ghs_theTokenThatNobodyMaySee';
    await using inner = await createRepository();
    await using secret = await serveRepository(inner, { password: token });
    await using outer = await within(inner, 'lib', secret.url);
    await using server = await serveRepository(outer, { password: token });
    await using world = await createTestCheckout({ tokenFor: () => token });
    await assert.rejects(world.prepare({ url: server.url, clone: options }), { code: 'forbidden' });
    assert.ok(secret.requests.every(({ authorization }) => authorization === undefined));
    assert.ok(server.requests.some(({ authorization }) => authorization !== undefined));
  });

  test('are where the commit has them and nowhere else', async () => {
    await using inner = await createRepository({ which: 'inner\n' });
    await using outer = await createRepository({
      '.gitmodules': modules(
        ['../outside', inner.url],
        ['/tmp/outside', inner.url],
        ['.git', inner.url],
        ['README.md', inner.url],
        ['missing', inner.url],
        ['li', inner.url],
        ['lib', inner.url],
      ),
      'README.md': 'outer\n',
      lib: { commit: inner.sha },
    });
    await using world = await createTestCheckout();
    await using workspace = await world.prepare({ url: outer.url, clone: options });
    assert.equal(await read(workspace, 'README.md'), 'outer\n');
    assert.equal(await read(workspace, 'lib/which'), 'inner\n');
    assert.ok(!existsSync(join(workspace.directory, '../outside')) && !existsSync('/tmp/outside'));
    assert.deepEqual((await readdir(workspace.directory)).toSorted(), [
      '.git',
      '.gitmodules',
      'README.md',
      'lib',
    ]);
  });

  test('that contain themselves come to an end', async () => {
    await using inner = await createRepository();
    const deep: TestRepository[] = [inner];
    for (let n = 0; n < 6; n += 1) deep.push(await within(deep[n] ?? inner, 'lib'));
    await using world = await createTestCheckout();
    await assert.rejects(world.prepare({ url: deep[6]?.url ?? '', clone: options }), {
      code: 'too_large',
      message: /^submodule lib\/lib\/lib\/lib\/lib\/lib: there are more than 100, or they nest too deeply/,
    });
    for (const repository of deep.slice(1)) await repository[Symbol.asyncDispose]();
  });
});
