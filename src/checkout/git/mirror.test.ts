import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { createTestCheckout, type TestCheckout } from '../../../test/support/git-checkout.ts';
import { createRepository, runGit, type TestRepository } from '../../../test/support/git-repository.ts';
import { serveRepository } from '../../../test/support/git-server.ts';

/** Checks the first commit out, so that there is a mirror, and returns its directory. */
async function mirrorOf(world: TestCheckout, repository: TestRepository): Promise<string> {
  await (await world.prepare({ url: repository.url, sha: repository.sha }))[Symbol.asyncDispose]();
  const [mirror] = await world.mirrors();
  assert.ok(mirror);
  return mirror;
}

const filesIn = async (directory: string, name: RegExp): Promise<string[]> =>
  (await readdir(directory, { recursive: true }))
    .filter(path => name.test(path))
    .map(path => join(directory, path));

const overwrite = async (file: string, bytes: string | Uint8Array): Promise<void> => {
  await chmod(file, 0o644);
  await writeFile(file, bytes);
};

describe('a mirror', () => {
  test('is one per URL, and fetches only what is new', async () => {
    await using repository = await createRepository({ big: randomBytes(100_000).toString('base64') });
    await using server = await serveRepository(repository);
    await using world = await createTestCheckout();
    let sent = 0;
    server.intercept = (_, response) => {
      const write = response.write.bind(response);
      response.write = (chunk: Buffer) => {
        sent += chunk.length;
        return write(chunk);
      };
      return false;
    };
    await (await world.prepare({ url: server.url }))[Symbol.asyncDispose]();
    const first = sent;
    await repository.commit({ small: 'small' });
    await (await world.prepare({ url: server.url }))[Symbol.asyncDispose]();
    assert.ok(sent - first < first / 10, `${first} bytes at first, then ${sent - first}`);
    assert.equal((await world.mirrors()).length, 1);
  });

  // A60: what a git that was killed in mid-work, a full disk or a power cut can leave.
  const damages: Readonly<Record<string, (mirror: string) => Promise<unknown>>> = {
    'stale locks': mirror =>
      Promise.all(
        [
          'shallow.lock',
          'packed-refs.lock',
          'config.lock',
          'HEAD.lock',
          'gc.pid',
          'objects/pack/tmp_pack_x',
        ].map(name => writeFile(join(mirror, name), '')),
      ),
    'a truncated pack': async mirror => {
      for (const file of await filesIn(mirror, /\.pack$/)) {
        await chmod(file, 0o644);
        await truncate(file, 40);
      }
    },
    'an index without its pack': async mirror => {
      for (const file of await filesIn(mirror, /\.pack$/)) await rm(file);
    },
    'no objects at all': mirror => rm(join(mirror, 'objects', 'pack'), { recursive: true }),
    'a broken ref': async mirror => {
      for (const file of await filesIn(mirror, /refs\/signalbox\/./)) await writeFile(file, '');
    },
    'a broken HEAD': mirror => writeFile(join(mirror, 'HEAD'), ''),
    'a broken list of where history is cut': mirror => writeFile(join(mirror, 'shallow'), 'x'),
    'broken packed refs': mirror => writeFile(join(mirror, 'packed-refs'), 'x'),
    'a broken configuration': mirror => writeFile(join(mirror, 'config'), '['),
  };
  for (const [what, damage] of Object.entries(damages))
    test(`A60: with ${what} heals itself, and no other commit is given`, async () => {
      await using repository = await createRepository({ a: 'a' });
      await using world = await createTestCheckout();
      await damage(await mirrorOf(world, repository));
      const second = await repository.commit({ a: 'b' });
      for (const [sha, text] of [
        [second, 'b'],
        [repository.sha, 'a'],
      ] as const) {
        await using workspace = await world.prepare({ url: repository.url, sha });
        assert.equal(workspace.sha, sha);
        assert.equal(await readFile(join(workspace.directory, 'a'), 'utf8'), text);
      }
    });

  test('A60: after a restart the locks of a killed git are no hindrance, and what it fetched is still there', async () => {
    await using repository = await createRepository();
    await using before = await createTestCheckout();
    const mirror = await mirrorOf(before, repository);
    await damages['stale locks']?.(mirror);
    await writeFile(join(mirror, 'kept'), '');
    await using after = await createTestCheckout({ directory: before.directory });
    await using workspace = await after.prepare({ url: repository.url, sha: repository.sha });
    assert.equal(workspace.sha, repository.sha);
    assert.deepEqual(await filesIn(mirror, /\.lock$|tmp_|gc\.pid/), []);
    assert.deepEqual(await filesIn(mirror, /^kept$/), [join(mirror, 'kept')]);
  });

  test('of a repository with SHA-256 ids is kept as well', async () => {
    await using repository = await createRepository({ a: 'a' }, 'sha256');
    await using world = await createTestCheckout();
    const mirror = await mirrorOf(world, repository);
    await writeFile(join(mirror, 'kept'), '');
    await mirrorOf(world, repository);
    assert.deepEqual(await filesIn(mirror, /^kept$/), [join(mirror, 'kept')]);
  });

  test('A67: forged content does not leave it', async () => {
    await using repository = await createRepository({ a: 'honest' });
    await using world = await createTestCheckout();
    const mirror = await mirrorOf(world, repository);
    // Every object becomes a file of its own; then another content stands under the blob's name.
    for (const pack of await filesIn(mirror, /\.pack$/)) {
      const away = join(world.directory, 'pack');
      await rename(pack, away);
      await rm(pack.replace(/pack$/, 'idx'));
      await runGit([`--git-dir=${mirror}`, 'unpack-objects', '-q'], await readFile(away));
    }
    const blob = await repository.git('rev-parse', `${repository.sha}:a`);
    const file = join(mirror, 'objects', blob.slice(0, 2), blob.slice(2));
    await overwrite(file, deflateSync('blob 6\0forged'));
    assert.equal(await runGit([`--git-dir=${mirror}`, 'cat-file', 'blob', blob]), 'forged');

    await using workspace = await world.prepare({ url: repository.url, sha: repository.sha });
    assert.equal(await readFile(join(workspace.directory, 'a'), 'utf8'), 'honest');
  });
});
