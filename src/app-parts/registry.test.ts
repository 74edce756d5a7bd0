import assert from 'node:assert/strict';
import { mkdtempDisposable, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { goodConfig } from '../../test/support/config.ts';
import { openEngine } from '../../test/support/engine.ts';
import { hashSecret } from '../server/auth/secret.ts';
import { openRegistry } from './registry.ts';

test('the variable may hold a token that was made here, and counts from one start to the next', async () => {
  await using engine = await openEngine();
  const { store, clock } = engine.needs;
  await using directory = await mkdtempDisposable(join(tmpdir(), 'signalbox-registry-'));
  const dataDir = directory.path;
  const start = async (token: string | null) => {
    const role = { kind: 'admin', token } as const;
    const lightspeed = { listeners: [], hasAdmin: true, secrets: [], role };
    await openRegistry(
      { store, clock, reload: async () => undefined },
      { lightspeed, dataDir, tangled: null },
    );
    return (await store.tokens()).map(({ name }) => name).toSorted();
  };
  const made = 'sbx_made-here';
  await store.addToken({ name: 'machines', hash: hashSecret(made), createdAt: 1, lastUsedAt: null });
  assert.deepEqual(await start('another'), ['SIGNALBOX_TOKEN', 'machines']);
  assert.deepEqual(await start(made), ['machines']);
  assert.deepEqual(await start('another'), ['SIGNALBOX_TOKEN', 'machines']);
  assert.deepEqual(await start(null), ['machines']);
});

test('what listeners have registered is stored sealed, and opened at the next start with the same key alone', async () => {
  await using engine = await openEngine();
  const { store, clock } = engine.needs;
  await using directory = await mkdtempDisposable(join(tmpdir(), 'signalbox-registry-'));
  const role = { kind: 'admin', token: null } as const;
  const lightspeed = { listeners: [], hasAdmin: true, secrets: [], role };
  const open = async () => {
    const config = { lightspeed, dataDir: directory.path, tangled: null };
    const registry = await openRegistry({ store, clock, reload: async () => undefined }, config);
    assert.ok(registry);
    return registry;
  };
  const names = ({ into }: Awaited<ReturnType<typeof open>>) =>
    into({ ...goodConfig('version: 1'), lightspeed }).lightspeed?.listeners.map(({ name }) => name);
  const hook = 'https://discord.example/api/webhooks/1/of-this-test';
  const config = { exec: 'true', discord_hook: hook };
  const first = await open();
  await first.register('site', config);
  const place = 'listeners of Lightspeed';
  assert.ok(!JSON.stringify(await store.position(place)).includes('discord'));
  const second = await open();
  assert.deepEqual([names(second), second.noticed], [['site'], null]);
  await rm(join(directory.path, 'secrets.key'));
  const third = await open();
  assert.deepEqual(names(third), []);
  assert.match(third.noticed?.message ?? '', /sealed with another key/);
  // As a version has kept them that did not seal: they are from the next start on.
  const text = JSON.stringify({ ...config, name: 'old' });
  await store.keepPosition({ source: place, position: [{ text, registeredAt: 1 }] });
  for (let start = 0; start < 2; start++) {
    assert.deepEqual(names(await open()), ['old']);
    assert.ok(!JSON.stringify(await store.position(place)).includes('discord'));
  }
});
