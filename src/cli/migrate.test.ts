import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runInProcess } from '../../test/support/cli.ts';
import { startFakeS3 } from '../../test/support/fake-s3.ts';
import { needsPostgres, type PostgresServer, startPostgres } from '../../test/support/postgres-server.ts';
import { sample } from '../contracts/store/samples.suite.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';

describe('with a database elsewhere', needsPostgres, () => {
  let server: PostgresServer;
  let cwd = '';
  let url = '';
  before(async () => {
    server = await startPostgres();
    cwd = await mkdtemp(join(tmpdir(), 'signalbox-migrate-'));
    url = await server.createDatabase();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(cwd, { recursive: true });
  });
  const env = (): Record<string, string> => ({
    DATABASE: url,
    PATH: process.env['PATH'] ?? '',
    KEY: 'kept-secret-by-both',
  });
  const run = (...argv: readonly string[]) => runInProcess(argv, { cwd, env: env() });

  test('migrate copies, counts, and copies no second time', async () => {
    {
      await using store = await openSqliteStore({ directory: await directory('data') });
      await store.admit(sample());
    }
    const copied = await run('migrate', '--from', 'data', '--to', '${env:DATABASE}');
    assert.equal(copied.code, 0, copied.stderr);
    assert.match(copied.stdout, /data: delivery 1, delivery_id 1, event 1, feed 1\n/);
    const again = await run('migrate', '--from', 'data', '--to', '${env:DATABASE}', '--json');
    assert.notEqual(again.code, 0);
    assert.match(again.stderr, /has something stored already/);
  });

  test('migrate says what is wrong with an address', async () => {
    for (const [to, says] of [
      ['mysql://x', /--to is no address of a PostgreSQL database/],
      ['${env:NOWHERE}', /--to: the environment variable "NOWHERE" is not set/],
    ] as const) {
      const ran = await run('migrate', '--from', 'data', '--to', to);
      assert.equal(ran.code, 2);
      assert.match(ran.stderr, says);
    }
    assert.match((await run('migrate', '--from', 'data')).stderr, /names no PostgreSQL database in `store`/);
  });

  test('backup sends people to the database’s own', async () => {
    await writeFile(join(await directory('elsewhere'), 'plane'), '0123abcd\n');
    const ran = await run('backup', '--data', 'elsewhere', '--to', 'x.tar');
    assert.notEqual(ran.code, 0);
    assert.match(ran.stderr, /is in PostgreSQL: back it up there, with pg_dump/);
    assert.equal(existsSync(join(cwd, 'x.tar')), false);
  });

  test('doctor tries database and bucket, and changes nothing there', async () => {
    await using s3 = await startFakeS3();
    const { bucket, region, endpoint, accessKeyId } = s3.settings;
    const logs = { bucket, region, endpoint, accessKeyId, secretAccessKey: '${env:KEY}' };
    const config = (store: string) =>
      writeFile(join(cwd, 'c.yaml'), `version: 1\nstore: "${store}"\nlogs: ${JSON.stringify(logs)}\n`);
    const empty = await server.createDatabase();
    await config(empty);
    const well = await run('doctor', '--config', join(cwd, 'c.yaml'), '--data', 'data');
    assert.match(well.stdout, /✓ database +PostgreSQL \S+ .*answers at 127\.0\.0\.1/);
    assert.match(well.stdout, /✓ bucket +s3:\/\/logs at http:\/\/127\S+ keeps what is put there/);
    assert.equal(s3.objects.size, 0);
    const tables = await server.ask(
      `select count(*) from information_schema.tables where table_schema = 'public'`,
      new URL(empty).pathname.slice(1),
    );
    assert.deepEqual(tables, [{ count: '0' }]);
    await config(`${empty}_not`);
    s3.mood = { kind: 'refuses', status: 403, code: 'AccessDenied', times: 9 };
    const ill = await run('doctor', '--config', join(cwd, 'c.yaml'), '--data', 'data');
    assert.match(ill.stdout, /✗ database/);
    assert.match(ill.stdout, /✗ bucket/);
    assert.match(ill.stdout, /createdb/);
  });

  async function directory(name: string): Promise<string> {
    await mkdir(join(cwd, name), { recursive: true });
    return join(cwd, name);
  }
});
