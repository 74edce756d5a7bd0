import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTestCheckout } from '../../../test/support/git-checkout.ts';
import { createRepository } from '../../../test/support/git-repository.ts';

const folder = '.ci/flows';
const signal = new AbortController().signal;

describe('reading a folder of a commit', () => {
  test('gives its regular files, as that commit has them, and leaves nothing behind', async () => {
    await using repository = await createRepository({
      [`${folder}/a.yml`]: 'one: ä\n',
      [`${folder}/run.sh`]: { mode: '100755', text: 'echo\n' },
      [`${folder}/link`]: { mode: '120000', text: '/etc/passwd' },
      [`${folder}/deep/er.yml`]: 'no',
      [`${folder}2/b.yml`]: 'no',
    });
    const later = await repository.commit({ [`${folder}/a.yml`]: 'two\n', [`${folder}/run.sh`]: null });
    await using world = await createTestCheckout();
    const { url, sha } = repository;
    const read = (revision: { readonly ref: string; readonly sha: string | null }) =>
      world.checkout.readFolder({ url, ...revision }, folder, signal);
    assert.deepEqual(await read({ ref: 'refs/heads/main', sha }), {
      sha,
      files: [
        { name: 'a.yml', text: 'one: ä\n' },
        { name: 'run.sh', text: 'echo\n' },
      ],
    });
    // Without a commit: what the ref is now.
    assert.deepEqual(await read({ ref: 'refs/heads/main', sha: null }), {
      sha: later,
      files: [{ name: 'a.yml', text: 'two\n' }],
    });
    assert.deepEqual(await world.workspaces(), []);
  });

  test('gives no files where there is no such folder, or where it is a file', async () => {
    await using repository = await createRepository({ '.ci': 'a file' });
    await using world = await createTestCheckout();
    const { url, sha } = repository;
    const read = await world.checkout.readFolder({ url, ref: 'HEAD', sha }, folder, signal);
    assert.deepEqual(read, { sha, files: [] });
  });

  test('refuses what nobody would write', async () => {
    await using repository = await createRepository({ [`${folder}/a.yml`]: 'x'.repeat(600_000) });
    const many = Array.from({ length: 201 }, (_, n) => [`${folder}/${n}.yml`, ''] as const);
    const crowded = await repository.commit(Object.fromEntries(many), { branch: 'many', onto: null });
    await using world = await createTestCheckout();
    const { url, sha } = repository;
    await assert.rejects(world.checkout.readFolder({ url, ref: 'HEAD', sha }, folder, signal), {
      code: 'too_large',
    });
    await assert.rejects(world.checkout.readFolder({ url, ref: 'HEAD', sha: crowded }, folder, signal), {
      code: 'too_large',
    });
    assert.deepEqual(await world.workspaces(), []);
  });

  test('says that a commit is gone', async () => {
    await using repository = await createRepository();
    await using world = await createTestCheckout();
    const gone = { url: repository.url, ref: 'refs/heads/main', sha: 'a'.repeat(40) };
    await assert.rejects(world.checkout.readFolder(gone, folder, signal), { code: 'not_found' });
  });
});
