import assert from 'node:assert/strict';
import { chmod, link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSpareDirectories } from './spare-directories.ts';

/** A directory as an attempt leaves it that did nothing to it. */
async function leftDirectory(root: string): Promise<string> {
  const home = join(root, 'left');
  for (const part of ['work', 'files']) await mkdir(join(home, part), { recursive: true, mode: 0o700 });
  await writeFile(join(home, 'files', 'event.json'), 'secret', { mode: 0o600 });
  return home;
}

async function inTemporary(task: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'signalbox-spare-'));
  await chmod(root, 0o700);
  try {
    await task(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

test('a directory that was left as it was is used again, with an empty file in it', () =>
  inTemporary(async root => {
    using spare = createSpareDirectories(join(root, 'spare'));
    assert.equal(spare.keep(await leftDirectory(root)), true);
    await assert.rejects(readdir(join(root, 'left')), { code: 'ENOENT' });
    const file = spare.take(join(root, 'next'));
    assert.equal(file, join(root, 'next', 'files', 'event.json'));
    assert.equal(await readFile(file ?? '', 'utf8'), '');
    assert.deepEqual(await readdir(join(root, 'next', 'work')), []);
    assert.equal(spare.take(join(root, 'another')), undefined);
  }));

const changes: Readonly<Record<string, (home: string) => Promise<unknown>>> = {
  'a file in the work tree': home => writeFile(join(home, 'work', 'file'), ''),
  'a file beside it': home => writeFile(join(home, 'other'), ''),
  'another file that was placed': home => writeFile(join(home, 'files', 'other'), ''),
  'a work tree that others may enter': home => chmod(join(home, 'work'), 0o755),
  'a file that others may read': home => chmod(join(home, 'files', 'event.json'), 0o644),
  'a file that has another name elsewhere': home =>
    link(join(home, 'files', 'event.json'), join(home, '..', 'elsewhere')),
  'a link in place of the file': async home => {
    await rm(join(home, 'files', 'event.json'));
    await symlink('/etc/passwd', join(home, 'files', 'event.json'));
  },
  'a link in place of the work tree': async home => {
    await rm(join(home, 'work'), { recursive: true });
    await symlink('/tmp', join(home, 'work'));
  },
  'a large file': home => writeFile(join(home, 'files', 'event.json'), 'x'.repeat(100_000)),
  'no file': home => rm(join(home, 'files', 'event.json')),
};
for (const [name, change] of Object.entries(changes))
  test(`a directory with ${name} is not used again`, () =>
    inTemporary(async root => {
      using spare = createSpareDirectories(join(root, 'spare'));
      const home = await leftDirectory(root);
      await change(home);
      assert.equal(spare.keep(home), false);
      assert.equal(spare.take(join(root, 'next')), undefined);
    }));

test('no more are kept than are of use, and none after the end', () =>
  inTemporary(async root => {
    {
      using spare = createSpareDirectories(join(root, 'spare'));
      let kept = 0;
      while (spare.keep(await leftDirectory(root))) kept += 1;
      assert.equal(kept, 64);
    }
    assert.deepEqual((await readdir(root)).includes('spare'), false);
  }));

test('what an earlier process left goes at the start', () =>
  inTemporary(async root => {
    await mkdir(join(root, 'spare', '1', 'work'), { recursive: true });
    using _spare = createSpareDirectories(join(root, 'spare'));
    assert.deepEqual(await readdir(root), []);
  }));
