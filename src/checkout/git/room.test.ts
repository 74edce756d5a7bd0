import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTestCheckout } from '../../../test/support/git-checkout.ts';
import { createRepository, runGit } from '../../../test/support/git-repository.ts';
import { serveRepository } from '../../../test/support/git-server.ts';
import type { ErrorCode } from '../../domain/errors.ts';

const failure = (code: ErrorCode, message: RegExp) => ({ name: 'SignalboxError', code, message });

describe('A56: a repository that is made to be too much', { timeout: 60_000 }, () => {
  const small = { roomBytes: 4e6, lookEveryMs: 20 };
  const tooLarge = failure('too_large', /^checkout too large: .* more than 4 MB, which git\.room allows$/);

  test('is not fetched on when it outgrows its room, and nothing of it is left', async () => {
    await using repository = await createRepository({ big: randomBytes(8e6).toString('base64') });
    await using server = await serveRepository(repository);
    // What it was sent stays with git until somebody ends it.
    server.intercept = ({ method }, response) => {
      if (method === 'POST') response.end = () => response;
      return false;
    };
    await using world = await createTestCheckout(small);
    await assert.rejects(world.prepare({ url: server.url, sha: repository.sha }), tooLarge);
    assert.deepEqual([await world.workspaces(), await world.mirrors()], [[], []]);

    const sha = await repository.commit({ small: 'small' }, { branch: 'other', onto: null });
    server.intercept = null;
    await using workspace = await world.prepare({ url: server.url, sha });
    assert.deepEqual((await readdir(workspace.directory)).sort(), ['.git', 'small']);
  });

  test('is not checked out on when a little content fills the disk', async () => {
    await using repository = await createRepository({ copy: 'x'.repeat(4e6) });
    const blob = await repository.git('rev-parse', 'main:copy');
    const copies = Array.from({ length: 150 }, (_, number) => `100644 blob ${blob}\tcopy-${number}\n`);
    const tree = await runGit([`--git-dir=${repository.directory}`, 'mktree'], copies.join(''));
    const sha = await repository.git('commit-tree', tree, '-m', 'many copies');
    await repository.git('update-ref', 'refs/heads/main', sha);
    await using world = await createTestCheckout(small);
    await assert.rejects(world.prepare({ url: repository.url }), tooLarge);
    assert.deepEqual(await world.workspaces(), []);
  });

  test('is refused when its paths are longer than the system allows', async () => {
    await using repository = await createRepository({ ['a'.repeat(300)]: 'x' });
    await using world = await createTestCheckout();
    await assert.rejects(
      world.prepare({ url: repository.url }),
      failure('too_large', /paths that are longer than this system allows/),
    );
    assert.deepEqual(await world.workspaces(), []);
  });

  test('ends git itself at worst, and nothing is left', async () => {
    for (const path of [`${'a'.repeat(250)}/`.repeat(17), 'a/'.repeat(4_000)]) {
      await using repository = await createRepository({ [`${path}b`]: 'x' });
      await using world = await createTestCheckout();
      await assert.rejects(world.prepare({ url: repository.url }), { name: 'SignalboxError' });
      assert.deepEqual(await world.workspaces(), []);
    }
  });

  test('keeps files apart whose names differ in case alone', async () => {
    const files = { 'a/b': '1', 'a/B': '2', 'A/b': '3', 'A/B': '4' };
    await using repository = await createRepository(files);
    await using world = await createTestCheckout();
    await using workspace = await world.prepare({ url: repository.url });
    for (const [path, text] of Object.entries(files))
      assert.equal(await readFile(join(workspace.directory, path), 'utf8'), text);
  });

  test('cannot name a directory of git’s in the way of another system', async () => {
    for (const path of [
      '.git::$INDEX_ALLOCATION/config',
      'a/.git::$INDEX_ALLOCATION/b',
      'GIT~1',
      'a\\..\\.git\\b',
    ]) {
      await using repository = await createRepository({ [path]: 'x' });
      await using world = await createTestCheckout();
      await assert.rejects(world.prepare({ url: repository.url }), failure('forbidden', /are refused/));
    }
  });
});
