import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { admitRun } from './admit-run.ts';

test('what a dead server was sending is due at once for the next one, not when its time to send would be over', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-held-'));
  t.after(() => rm(directory, { recursive: true }));
  const [now, much] = [Date.now(), 60_000];
  {
    await using store = await openSqliteStore({ directory });
    await admitRun(store, { report: ['github'] });
    for (const kind of ['ticket', 'report'] as const)
      assert.equal((await store.takeOutbox(kind, now, 10, now + much)).length, 1);
  }
  await using store = await openSqliteStore({ directory });
  for (const kind of ['ticket', 'report'] as const)
    assert.equal((await store.takeOutbox(kind, now, 10, now + much)).length, 1, `the ${kind} is held`);
});
