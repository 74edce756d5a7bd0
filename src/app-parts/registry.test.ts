import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '../../test/support/engine.ts';
import { hashSecret } from '../server/auth/secret.ts';
import { openRegistry } from './registry.ts';

test('the variable may hold a token that was made here, and counts from one start to the next', async () => {
  await using engine = await openEngine();
  const { store, clock } = engine.needs;
  const start = async (token: string | null) => {
    const role = { kind: 'admin', token } as const;
    const lightspeed = { listeners: [], hasAdmin: true, secrets: [], role };
    await openRegistry({ store, clock, reload: async () => undefined }, { lightspeed });
    return (await store.tokens()).map(({ name }) => name).toSorted();
  };
  const made = 'sbx_made-here';
  await store.addToken({ name: 'machines', hash: hashSecret(made), createdAt: 1, lastUsedAt: null });
  assert.deepEqual(await start('another'), ['SIGNALBOX_TOKEN', 'machines']);
  assert.deepEqual(await start(made), ['machines']);
  assert.deepEqual(await start('another'), ['SIGNALBOX_TOKEN', 'machines']);
  assert.deepEqual(await start(null), ['machines']);
});
