import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSystemClock } from '../../clock/system.ts';
import type { SignalboxError } from '../../domain/errors.ts';
import { openSqliteStore } from '../sqlite/store.ts';
import { createVault } from './vault.ts';
import { vaultKey } from './vault-key.ts';

const repo = 'did:plc:repo';
const added = { repo, key: 'NPM_TOKEN', value: 'the value of a secret', createdBy: 'did:plc:pat' };

async function open() {
  await using parts = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-vault-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  const store = parts.use(await openSqliteStore({ directory }));
  const troubles: SignalboxError[] = [];
  const vault = (key: Uint8Array) =>
    createVault({ store, key, clock: createSystemClock(), trouble: error => troubles.push(error) });
  const whole = parts.move();
  return { directory, store, troubles, vault, [Symbol.asyncDispose]: () => whole.disposeAsync() };
}

test('a secret is stored sealed, listed without its value, and opened for jobs', async () => {
  await using house = await open();
  const vault = house.vault(await vaultKey(house.directory, null));
  assert.equal(await vault.add(added), 'added');
  assert.equal(await vault.add({ ...added, value: 'another' }), 'known');
  const [stored] = await house.store.repoSecrets(repo);
  assert.ok(stored && !Buffer.from(stored.sealed, 'base64').includes('value'));
  const [listed, ...others] = await vault.list(repo);
  assert.deepEqual(
    [others, Object.keys(listed ?? {}).toSorted()],
    [[], ['createdAt', 'createdBy', 'key', 'repo']],
  );
  assert.deepEqual(await vault.values(repo), { NPM_TOKEN: added.value });
  assert.deepEqual(await vault.values('did:plc:other'), {});
  assert.deepEqual(
    [await vault.remove(repo, 'NPM_TOKEN'), await vault.remove(repo, 'NPM_TOKEN')],
    [true, false],
  );
  assert.deepEqual(await vault.values(repo), {});
});

test('the key is made once, and nobody else can read it', async () => {
  await using house = await open();
  const key = await vaultKey(house.directory, null);
  assert.equal(key.length, 32);
  assert.deepEqual(await vaultKey(house.directory, null), key);
  const file = join(house.directory, 'secrets.key');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await readFile(file, 'utf8')).trim(), Buffer.from(key).toString('base64'));
  const given = randomBytes(32);
  assert.deepEqual(await vaultKey(house.directory, given.toString('base64')), given);
  await writeFile(file, 'not a key\n');
  await assert.rejects(vaultKey(house.directory, null), { code: 'corrupt' });
});

test('a secret that was put under another name, or sealed with another key, is left out and told of', async () => {
  await using house = await open();
  const key = randomBytes(32);
  const vault = house.vault(key);
  await vault.add(added);
  const [stored] = await house.store.repoSecrets(repo);
  assert.ok(stored);
  // As somebody would who can write to the database, and has a repository of their own.
  await house.store.addRepoSecret({ ...stored, repo: 'did:plc:thief' }, 10);
  await house.store.addRepoSecret({ ...stored, key: 'OTHER' }, 10);
  assert.deepEqual(await vault.values('did:plc:thief'), {});
  assert.deepEqual(await vault.values(repo), { NPM_TOKEN: added.value });
  assert.deepEqual(await house.vault(randomBytes(32)).values(repo), {});
  assert.equal(house.troubles.length, 4);
  assert.ok(house.troubles.every(({ message }) => !message.includes(added.value)));
});

test('a repository has a hundred secrets at most', async () => {
  await using house = await open();
  const vault = house.vault(randomBytes(32));
  const results = [];
  for (let n = 0; n <= 100; n++) results.push(await vault.add({ ...added, key: `K${n}` }));
  assert.deepEqual(new Set(results.slice(0, -1)), new Set(['added']));
  assert.equal(results.at(-1), 'full');
});
