import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkFile } from './check/check-file.ts';
import { ours } from './deviations.ts';
import { type HookFiles, openHookFiles } from './hook-files.ts';

interface Desk {
  readonly log: string[];
  path(name: string): string;
  write(name: string, text: string): void;
  remove(name: string): void;
  open(...names: readonly string[]): HookFiles;
}

function atDesk(use: (desk: Desk) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-hook-files-'));
  const log: string[] = [];
  const path = (name: string) => join(directory, name);
  try {
    use({
      log,
      path,
      write: (name, text) => writeFileSync(path(name), text),
      remove: name => rmSync(path(name)),
      open: (...names) =>
        openHookFiles(
          {
            reading: { behaviour: ours, template: null, references: null },
            directory,
            check: file => checkFile({ behaviour: ours, isTemplate: false, programs: null }, file),
            log: line => log.push(line),
          },
          names,
        ),
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const file = (...ids: readonly string[]): string => JSON.stringify(ids.map(id => ({ id })));
const idsOf = (files: HookFiles): readonly string[] => files.hooks().map(({ id }) => id);

test('files are read in their order; a broken or missing one harms no other', () =>
  atDesk(desk => {
    desk.write('a', file('x', 'x', 'y'));
    desk.write('broken', '[');
    desk.write('b', file('z'));
    assert.deepEqual(idsOf(desk.open('a', 'none', 'broken', 'b')), ['x', 'x', 'y', 'z']);
    const [said, checked] = [false, true].map(is =>
      desk.log.filter(line => line.startsWith('error: ') === is),
    );
    assert.deepEqual(said?.slice(0, 7), [
      'attempting to load hooks from a',
      'found 3 hook(s) in file',
      '\tloaded: x',
      '\tloaded: x',
      '\tloaded: y',
      'attempting to load hooks from none',
      "couldn't load hooks from file! open none: no such file or directory",
    ]);
    assert.equal(
      checked?.[0],
      'error: a:1:2: the hook has no "execute-command", so nothing can run: name a program',
    );
    assert.match(said?.[8] ?? '', /^couldn't load hooks from file! broken:1:\d+: /);
  }));

test('the same id in two files is refused, as is the same file twice', () =>
  atDesk(desk => {
    desk.write('a', file('x'));
    desk.write('b', file('y', 'x'));
    for (const names of [
      ['a', 'b'],
      ['a', 'a'],
    ])
      assert.throws(() => desk.open(...names), {
        code: 'invalid',
        message: /^hook with the id x has already/,
      });
  }));

test('a reload counts as a whole or not at all', () =>
  atDesk(desk => {
    desk.write('a', file('x'));
    desk.write('b', file('y'));
    const files = desk.open('a', 'b', 'later');
    for (const [a, b] of [
      [file('new'), '['],
      [file('new'), ''],
      [file('new'), file('new')],
      [file('new', 'new'), file('y')],
    ] as const) {
      desk.write('a', a);
      desk.write('b', b);
      assert.equal(files.reload('drop'), 'kept', `${a} ${b}`);
      assert.deepEqual(idsOf(files), ['x', 'y']);
      assert.equal(desk.log.at(-1), 'reverting hooks back to the previous configuration');
    }
    desk.write('b', file('y2'));
    desk.write('a', file('x2'));
    desk.write('later', file('z'));
    assert.equal(files.reload('keep'), 'changed');
    assert.deepEqual(idsOf(files), ['x2', 'y2', 'z']);
  }));

test('a list without hooks removes them; an empty file is one that is being written', () =>
  atDesk(desk => {
    desk.write('a', file('x'));
    const files = desk.open('a');
    desk.write('a', '');
    files.reload('drop');
    assert.deepEqual(idsOf(files), ['x']);
    desk.write('a', '[]');
    files.reload('drop');
    assert.deepEqual(idsOf(files), []);
    desk.write('a', '');
    assert.equal(files.reload('drop'), 'changed');
  }));

test('a file that is gone keeps its hooks where a reload was asked for, and loses them where the watch says so', () =>
  atDesk(desk => {
    desk.write('a', file('x'));
    desk.write('b', file('y'));
    const files = desk.open('a', 'b');
    desk.remove('a');
    assert.equal(files.reload('keep'), 'kept');
    assert.deepEqual(idsOf(files), ['x', 'y']);
    assert.equal(files.reload('drop'), 'changed');
    assert.deepEqual(idsOf(files), ['y']);
    desk.write('a', file('x'));
    files.reload('drop');
    assert.deepEqual(idsOf(files), ['x', 'y']);
  }));
