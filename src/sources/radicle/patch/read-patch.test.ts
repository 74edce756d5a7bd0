import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRadicleHome } from '../../../../test/support/radicle/home.ts';
import { createPerson } from '../../../../test/support/radicle/person.ts';
import { readIdentity } from '../identity.ts';
import { openStorage } from '../storage.ts';
import { type CobPatch, readCobPatch } from './cob-patch.ts';
import { readPatch } from './read-patch.ts';

const [ann, bob, eve] = [createPerson('ann'), createPerson('bob'), createPerson('eve')];
const gitPath = process.env['PATH'] ?? '';

function open() {
  const home = createRadicleHome();
  const repository = home.createRepository({ delegates: [ann, bob] });
  const base = repository.commit(null);
  const head = repository.commit(base, 'Proposed');
  const read = async (patch: string, path = gitPath, after = head): Promise<CobPatch | null> => {
    const stored = openStorage({ home: home.directory, path: gitPath }).open(repository.rid);
    return readPatch({ home: home.directory, path }, stored, await readIdentity(stored), patch, after);
  };
  const patch = repository.change(eve, null, [
    { type: 'edit', title: 'Lamps', target: 'delegates' },
    { type: 'revision', description: 'First try', base, oid: head },
  ]);
  return { home, repository, base, head, patch, read };
}

test('a patch is what its changes make of it, each by who may', async () => {
  const { home, repository, base, head, patch, read } = open();
  using _home = home;
  const second = repository.commit(base, 'Second');
  const revision = repository.change(bob, patch, [{ type: 'revision', description: '', base, oid: second }]);
  repository.change(eve, patch, [
    { type: 'revision.edit', revision: patch, description: 'Better words' },
    { type: 'revision.edit', revision, description: 'not mine' },
    { type: 'label', labels: ['not', 'allowed'] },
    { type: 'revision.comment', body: 'of no interest' },
  ]);
  repository.change(ann, patch, [
    { type: 'label', labels: ['z', 'a'] },
    { type: 'assign', assignees: [bob.did] },
    { type: 'lifecycle', state: { status: 'draft' } },
  ]);
  const found = await read(patch);
  assert.deepEqual(
    { ...found, revisions: found?.revisions.map(each => ({ ...each, at: 0 })) },
    {
      title: 'Lamps',
      author: eve.did,
      status: 'draft',
      conflicts: [],
      labels: ['a', 'z'],
      assignees: [bob.did],
      revisions: [
        { id: patch, author: eve.did, description: 'Better words', base, oid: head, at: 0 },
        { id: revision, author: bob.did, description: '', base, oid: second, at: 0 },
      ],
    },
  );
  repository.change(bob, patch, [{ type: 'revision.redact', revision }]);
  assert.equal((await read(patch))?.revisions.length, 1);
  repository.change(ann, patch, [{ type: 'merge', revision: patch, commit: head }]);
  assert.equal((await read(patch))?.status, 'merged');
  repository.change(bob, patch, [{ type: 'merge', revision: patch, commit: second }]);
  const conflicting = await read(patch);
  assert.equal(conflicting?.status, 'draft');
  assert.equal(conflicting.conflicts.length, 2);
});

test('a change that is not signed by whom it is by counts for nothing, with all that follows from it', async () => {
  const { home, repository, patch, read } = open();
  using _home = home;
  const forged = repository.change(eve, patch, [{ type: 'edit', title: 'Forged' }], { signedBy: ann });
  repository.change(ann, patch, [{ type: 'edit', title: 'After it' }], { parents: [forged] });
  assert.equal((await read(patch))?.title, 'Lamps');
  assert.equal(await read('0'.repeat(40)), null);
});

const shown = (title: string) =>
  JSON.stringify({
    title,
    author: { id: eve.did, alias: 'eve' },
    state: { status: 'open' },
    target: 'delegates',
    labels: ['bug'],
    merges: {},
    assignees: [],
    timeline: ['b'.repeat(40), 'a'.repeat(40)],
    reviews: {},
    revisions: {
      ['a'.repeat(40)]: {
        id: 'a'.repeat(40),
        author: { id: eve.did },
        description: [
          { author: eve.did, timestamp: 1, body: 'old', embeds: [] },
          { author: eve.did, timestamp: 2, body: 'new', embeds: [] },
        ],
        base: 'c'.repeat(40),
        oid: 'd'.repeat(40),
        timestamp: 1_699_437_445_678,
      },
      ['b'.repeat(40)]: null,
    },
  });

test('what `rad` says counts for more than the cache, and that for more than the changes, unless it is stale', async () => {
  const { home, repository, patch, read } = open();
  using _home = home;
  mkdirSync(join(home.directory, 'cobs'));
  const cache = new DatabaseSync(join(home.directory, 'cobs', 'cache.db'));
  cache.exec('create table patches (id text, repo text, patch text)');
  cache.prepare('insert into patches values (?, ?, ?)').run(patch, repository.rid, shown('Cached'));
  cache.close();
  const known = 'd'.repeat(40);
  const cached = await read(patch, gitPath, known);
  assert.equal(cached?.title, 'Cached');
  assert.deepEqual(cached.revisions, [
    {
      id: 'a'.repeat(40),
      author: eve.did,
      description: 'new',
      base: 'c'.repeat(40),
      oid: 'd'.repeat(40),
      at: 1_699_437_445_678,
    },
  ]);

  const bin = join(home.directory, 'bin');
  mkdirSync(bin);
  const expected = `cob show --repo ${repository.rid} --type xyz.radicle.patch --object ${patch}`;
  writeFileSync(
    join(bin, 'rad'),
    `#!/bin/sh\n[ "$*" = '${expected}' ] || exit 1\ncat <<'EOF'\n${shown('By rad')}\nEOF\n`,
    { mode: 0o755 },
  );
  assert.equal((await read(patch, `${bin}:${gitPath}`, known))?.title, 'By rad');
  writeFileSync(join(bin, 'rad'), '#!/bin/sh\nexit 1\n');
  assert.equal((await read(patch, `${bin}:${gitPath}`, known))?.title, 'Cached');
  // A cache that does not know the revision is behind the changes, unless those do not know it either.
  assert.equal((await read(patch))?.title, 'Lamps');
  assert.equal((await read(patch, gitPath, 'e'.repeat(40)))?.title, 'Cached');
});

test('no JSON makes it throw', () => {
  fc.assert(fc.property(fc.json(), json => void readCobPatch(json)));
});
