import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { needsPostgres, type PostgresServer, startPostgres } from '../../../test/support/postgres-server.ts';
import type { OpenedStore } from '../../contracts/store/open-store.suite.ts';
import { storeSuite } from '../../contracts/store.suite.ts';
import { openPostgresStore } from './store.ts';

describe('on PostgreSQL', needsPostgres, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  storeSuite('postgres', async (): Promise<OpenedStore> => {
    const directory = await mkdtemp(join(tmpdir(), 'signalbox-store-'));
    const url = await server.createDatabase();
    let store = await openPostgresStore({ url, directory });
    return {
      get store() {
        return store;
      },
      async reopen() {
        await store[Symbol.asyncDispose]();
        store = await openPostgresStore({ url, directory });
        return store;
      },
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await rm(directory, { recursive: true });
      },
    };
  });
});
