import assert from 'node:assert/strict';
import { type FileHandle, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readWhole, writeWhole } from './whole-bytes.ts';

/** A real file whose system takes and gives three bytes at a time. */
const grudging = (file: FileHandle): Pick<FileHandle, 'write' | 'read'> =>
  Object.assign(Object.create(file), {
    write: (bytes: Uint8Array, offset: number, length: number, position: number) =>
      file.write(bytes, offset, Math.min(length, 3), position),
    read: (buffer: Uint8Array, offset: number, length: number, position: number) =>
      file.read(buffer, offset, Math.min(length, 3), position),
  });

test('what a file takes and gives in pieces arrives whole', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-whole-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'file');
  await using file = await open(path, 'w+');
  await writeWhole(file, Buffer.from('before '), 0);
  await writeWhole(grudging(file), Buffer.from('in many pieces'), 7);
  assert.equal(await readFile(path, 'utf8'), 'before in many pieces');
  const buffer = Buffer.alloc(14);
  assert.equal(await readWhole(grudging(file), buffer, 7), true);
  assert.equal(String(buffer), 'in many pieces');
  assert.equal(await readWhole(grudging(file), buffer, 8), false);
});
