import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeTree } from './remove-tree.ts';

const path = process.env['PATH'] ?? '';

async function inTemporary(task: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-remove-'));
  try {
    await task(directory);
  } finally {
    spawnSync('rm', ['-rf', directory]);
  }
}

test('what is not there is removed already', () =>
  inTemporary(directory => removeTree(path, join(directory, 'nothing'))));

test('links go, what they point at stays', () =>
  inTemporary(async directory => {
    const tree = join(directory, 'tree');
    await mkdir(join(directory, 'kept', 'inside'), { recursive: true });
    await mkdir(tree);
    await symlink('../kept', join(tree, 'link'));
    await symlink(join(directory, 'kept'), join(directory, 'whole'));
    await removeTree(path, join(directory, 'whole'));
    await removeTree(path, tree);
    assert.deepEqual(await readdir(directory), ['kept']);
    assert.deepEqual(await readdir(join(directory, 'kept')), ['inside']);
  }));

test('a tree deeper than any path may be long goes whole', () =>
  inTemporary(async directory => {
    const tree = join(directory, 'tree');
    await mkdir(tree);
    const name = 'd'.repeat(200);
    const made = spawnSync(
      'sh',
      ['-c', `i=0; while [ $i -lt 50 ]; do mkdir ${name} && cd -P ${name} || exit 1; i=$((i+1)); done`],
      { cwd: tree },
    );
    assert.equal(made.status, 0);
    await removeTree(path, tree);
    assert.deepEqual(await readdir(directory), []);
  }));

test('directories that may not be written to go too, for whoever owns them', () =>
  inTemporary(async directory => {
    // Root may do everything: as root, the removing is done by somebody else.
    const uid = process.getuid?.() === 0 ? 65_534 : process.getuid?.();
    assert.ok(uid !== undefined);
    const tree = join(directory, 'tree');
    const locked = join(tree, 'locked');
    await mkdir(locked, { recursive: true });
    await writeFile(join(locked, 'file'), '');
    await symlink('/', join(locked, 'link'));
    for (const owned of [directory, tree, locked]) await chown(owned, uid, uid).catch(() => undefined);
    await chmod(locked, 0o500);
    await chmod(tree, 0o500);
    const code = `import { removeTree } from ${JSON.stringify(import.meta.resolve('./remove-tree.ts'))};
      await removeTree(${JSON.stringify(path)}, ${JSON.stringify(tree)});`;
    const script = join(directory, 'remove.ts');
    await writeFile(script, code, { mode: 0o644 });
    const { status, stderr } = spawnSync(process.execPath, [script], { uid, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    await rm(script);
    assert.deepEqual(await readdir(directory), []);
  }));
