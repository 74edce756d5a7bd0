import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { type FakeS3, startFakeS3 } from '../../../test/support/fake-s3.ts';
import { needsPostgres, type PostgresServer, startPostgres } from '../../../test/support/postgres-server.ts';
import type { OpenedStore } from '../../contracts/store/open-store.suite.ts';
import { storeSuite } from '../../contracts/store.suite.ts';
import type { Store } from '../../contracts/store.ts';
import type { S3Settings } from '../object-logs/s3-bucket.ts';
import { openPostgresStore } from './store.ts';

describe('on PostgreSQL', needsPostgres, () => {
  let server: PostgresServer;
  let s3: FakeS3;
  before(async () => {
    server = await startPostgres();
    s3 = await startFakeS3();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await s3[Symbol.asyncDispose]();
  });

  storeSuite('postgres', () => openSample(null));
  storeSuite('postgres, logs in a bucket', () => openSample(s3.settings));

  async function openSample(bucket: S3Settings | null): Promise<OpenedStore> {
    const directory = await mkdtemp(join(tmpdir(), 'signalbox-store-'));
    const url = await server.createDatabase();
    const open = (): Promise<Store> =>
      openPostgresStore({
        url,
        directory,
        bucket,
        sharesAgents: false,
        trouble: error => assert.fail(String(error)),
      });
    let store = await open();
    return {
      get store() {
        return store;
      },
      async reopen() {
        await store[Symbol.asyncDispose]();
        store = await open();
        return store;
      },
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await rm(directory, { recursive: true });
      },
    };
  }
});
