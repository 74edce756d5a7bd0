import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileIn, namesIn } from './folder-files.ts';

const home = mkdtempSync(join(tmpdir(), 'signalbox-folder-'));
const folder = join(home, 'dist');
mkdirSync(join(folder, 'sub'), { recursive: true });
for (const name of ['b.sh', 'a.sh', '.hidden', 'Z.sh']) writeFileSync(join(folder, name), '');
writeFileSync(join(home, 'outside.sh'), '');
mkdirSync(join(home, 'dist-other'));
writeFileSync(join(home, 'dist-other', 'near.sh'), '');
symlinkSync('a.sh', join(folder, 'inside-link'));
symlinkSync('../outside.sh', join(folder, 'outside-link'));
symlinkSync('../dist-other/near.sh', join(folder, 'near-link'));
symlinkSync('nowhere', join(folder, 'dead-link'));
after(() => rmSync(home, { recursive: true }));

test('lists everything, hidden or not, in the order of bytes', () => {
  assert.deepEqual(namesIn(folder), [
    '.hidden',
    'Z.sh',
    'a.sh',
    'b.sh',
    'dead-link',
    'inside-link',
    'near-link',
    'outside-link',
    'sub',
  ]);
});

test('finds regular files, and through links what lies inside', () => {
  for (const [name, file] of Object.entries({ 'a.sh': 'a.sh', '.hidden': '.hidden', 'inside-link': 'a.sh' }))
    assert.deepEqual(fileIn(folder, name), { result: 'found', path: join(folder, file) });
});

test('finds nothing that leads out, is no file, or is no plain name', () => {
  const names = ['outside-link', 'near-link', 'dead-link', 'sub', 'none', '', '.', '..', '../outside.sh'];
  for (const name of [...names, './a.sh', 'sub/../a.sh', 'a.sh\0', `${folder}/a.sh`, 'x'.repeat(5000)])
    assert.equal(fileIn(folder, name).result, 'none', name);
});
