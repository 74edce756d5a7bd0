import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenedStore } from '../../contracts/store/open-store.suite.ts';
import { storeSuite } from '../../contracts/store.suite.ts';
import { openSqliteStore } from './store.ts';

storeSuite('sqlite', openSample);

async function openSample(): Promise<OpenedStore> {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-store-'));
  let store = await openSqliteStore({ directory });
  return {
    get store() {
      return store;
    },
    async reopen() {
      await store[Symbol.asyncDispose]();
      store = await openSqliteStore({ directory });
      return store;
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}
