import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { readPocketciFile } from './pocketci-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-pocketci-'));
const file = join(directory, 'pocketci.yaml');
beforeEach(() => rmSync(file, { force: true, recursive: true }));
after(() => rmSync(directory, { recursive: true }));

function written(text: string): ReturnType<typeof readPocketciFile> {
  writeFileSync(file, text);
  return readPocketciFile(directory);
}
const usual = { module: './ci', paths: [], secrets: [] };

test('without a file, or without a word in it, everything is as usual', () => {
  assert.deepEqual(readPocketciFile(directory), { result: 'read', file: usual });
  assert.deepEqual(written(''), { result: 'read', file: usual });
  assert.deepEqual(written('# nothing\n'), { result: 'read', file: usual });
});

test('says where the module is, which paths count, and where secrets come from', () => {
  const text = `module-path: ./dagger
paths: ["src/**", "!**/*.md"]
secrets:
  - { name: npm-token, from-env: NPM_TOKEN }
`;
  assert.deepEqual(written(text), {
    result: 'read',
    file: {
      module: './dagger',
      paths: ['src/**', '!**/*.md'],
      secrets: [{ argument: 'npm-token', variable: 'NPM_TOKEN' }],
    },
  });
  assert.deepEqual(written('paths: "*.go"'), { result: 'read', file: { ...usual, paths: ['*.go'] } });
});

test('what is wrong with it is said in a clause', () => {
  const table: readonly (readonly [text: string, reason: RegExp])[] = [
    ['path: [a]', /^pocketci\.yaml: Unrecognized key: "path"$/],
    ['secrets: [{ name: a }]', /^pocketci\.yaml: secrets\.0\.from-env: /],
    ['module-path: ""', /^pocketci\.yaml: module-path: /],
    ['module-path: 3', /^pocketci\.yaml: module-path: /],
    ['paths: { a: b }', /^pocketci\.yaml: paths: write a pattern, or a list of them$/],
    ['[]', /^pocketci\.yaml: /],
    ['a: b: c', /^pocketci\.yaml cannot be read as YAML: .* at line 1, column 4$/],
    ['a: &x [b]\nc: *x', /^pocketci\.yaml cannot be read as YAML: /],
    ['x'.repeat(70_000), /^pocketci\.yaml is larger than 64 KiB$/],
  ];
  for (const [text, reason] of table) {
    const found = written(text);
    assert.equal(found.result, 'broken', text);
    assert.match(found.result === 'broken' ? found.reason : '', reason);
  }
});

test('nothing is read that lies elsewhere, or is no file', () => {
  symlinkSync('/etc/hostname', file);
  assert.match(JSON.stringify(readPocketciFile(directory)), /leads out of/);
  rmSync(file);
  mkdirSync(file);
  assert.match(JSON.stringify(readPocketciFile(directory)), /is no regular file/);
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => {
      written(text);
    }),
  );
});
