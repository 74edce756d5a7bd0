import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeFew } from './remove-few.ts';

async function inTemporary(task: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-few-'));
  try {
    await task(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('a few entries go, with their directory', () =>
  inTemporary(async directory => {
    await mkdir(join(directory, 'tree', 'deep', 'deeper'), { recursive: true });
    await writeFile(join(directory, 'tree', 'deep', 'file'), '');
    assert.equal(await removeFew(join(directory, 'tree')), true);
    assert.deepEqual(await readdir(directory), []);
  }));

test('links go, what they point at stays', () =>
  inTemporary(async directory => {
    await mkdir(join(directory, 'kept', 'inside'), { recursive: true });
    await mkdir(join(directory, 'tree'));
    await symlink('../kept', join(directory, 'tree', 'link'));
    assert.equal(await removeFew(join(directory, 'tree')), true);
    assert.deepEqual(await readdir(join(directory, 'kept')), ['inside']);
  }));

test('many entries are left to who can do it faster', () =>
  inTemporary(async directory => {
    const tree = join(directory, 'tree');
    await mkdir(tree);
    for (let number = 0; number < 100; number += 1) await writeFile(join(tree, String(number)), '');
    assert.equal(await removeFew(tree), false);
    assert.equal((await readdir(tree)).length, 100);
  }));
