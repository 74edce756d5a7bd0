import assert from 'node:assert/strict';
import { chownSync, globSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTestCheckout } from '../../../test/support/git-checkout.ts';
import { createRadicleHome } from '../../../test/support/radicle/home.ts';
import { createPerson } from '../../../test/support/radicle/person.ts';
import { storedAt } from './radicle-storage.ts';

test('the URL of a Radicle repository leads into the storage of the configured node, and nowhere else', () => {
  using home = createRadicleHome();
  const { rid, directory } = home.createRepository({ delegates: [createPerson('ann')] });
  const url = rid.replace(':', '://');
  assert.equal(storedAt(home.directory, url), directory);
  assert.throws(() => storedAt(null, url), /add sources\.radicle/);

  const id = `z${'1'.repeat(27)}`;
  assert.throws(() => storedAt(home.directory, `rad://${id}`), { code: 'not_found' });
  const outside = join(home.directory, 'outside');
  mkdirSync(outside);
  symlinkSync(outside, join(home.directory, 'storage', id));
  assert.throws(() => storedAt(home.directory, `rad://${id}`), /leads out of the storage/);
  for (const odd of [
    'rad:/etc',
    'rad://../../etc',
    `${url}/..`,
    `${url}%2f..`,
    `rad://x@${url.slice(6)}`,
    'rad://',
  ])
    assert.throws(() => storedAt(home.directory, odd), { code: 'invalid' }, odd);
});

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

test('a repository of the node is checked out whoever it belongs to, wherever its home is', {
  skip: isRoot ? false : 'only root can give files to somebody else',
}, async () => {
  using home = createRadicleHome();
  const ann = createPerson('ann');
  const repository = home.createRepository({ delegates: [ann] });
  const sha = repository.commit(null);
  repository.push(ann, 'refs/heads/main', sha);
  const radicleHome = join(home.directory, "it's a home");
  mkdirSync(radicleHome);
  renameSync(join(home.directory, 'storage'), join(radicleHome, 'storage'));
  for (const path of globSync('storage/**', { cwd: radicleHome }))
    chownSync(join(radicleHome, path), nobody, nobody);
  await using world = await createTestCheckout({ radicleHome });
  const url = repository.rid.replace(':', '://');
  const ref = `refs/namespaces/${ann.nid}/refs/heads/main`;
  for (const revision of [
    { url, ref, sha },
    { url, ref },
  ]) {
    await using workspace = await world.prepare(revision);
    assert.equal(workspace.sha, sha);
  }
});
