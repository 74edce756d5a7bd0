import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { needsPostgres, type PostgresServer, startPostgres } from '../../../test/support/postgres-server.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { openPostgresEngine } from './client.ts';

describe('a database that cannot be opened', needsPostgres, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
    await server.ask(`create role guarded login password 'right'`);
  });
  after(() => server[Symbol.asyncDispose]());

  async function refusal(url: string): Promise<SignalboxError> {
    const error = await openPostgresEngine(url).then(
      () => assert.fail('it was opened'),
      (failed: unknown) => failed,
    );
    assert.ok(error instanceof SignalboxError);
    assert.doesNotMatch(error.message, /hunter2/);
    return error;
  }
  const at = (user: string, database: string, port = server.port) =>
    `postgres://${user}@127.0.0.1:${port}/${database}`;

  test('wrong password', async () => {
    const error = await refusal(at('guarded:hunter2', 'postgres'));
    assert.equal(error.code, 'unavailable');
    assert.match(
      error.message,
      /^PostgreSQL at 127\.0\.0\.1:\d+\/postgres cannot be used .* the password of the user "guarded"/,
    );
  });

  test('no such database', async () => {
    const error = await refusal(at('signalbox:hunter2', 'nowhere'));
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /it has no database "nowhere": make it, for example with createdb nowhere/);
  });

  test('nothing listens there', async () => {
    const error = await refusal(at('signalbox:hunter2', 'postgres', 1));
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /nothing listens there: start PostgreSQL/);
  });

  test('no such name', async () => {
    const error = await refusal('postgres://signalbox:hunter2@nowhere.invalid/postgres');
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /"nowhere\.invalid"/);
  });

  test('a user without rights', async () => {
    const url = await server.createDatabase();
    const error = await refusal(url.replace('signalbox@', 'guarded:right@'));
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /the user "guarded" may not do that there: let it own the database/);
  });

  test('A85: written by a newer signalbox', async () => {
    const url = await server.createDatabase();
    await (await openPostgresEngine(url))[Symbol.asyncDispose]();
    const database = new URL(url).pathname.slice(1);
    await server.ask(`insert into migration values (999, 'tomorrow', 0); drop table feed`, database);
    const error = await refusal(url);
    assert.equal(error.code, 'conflict');
    assert.match(error.message, /version 999.*start the newer signalbox/);
    assert.deepEqual(await server.ask(`select to_regclass('feed') as feed`, database), [{ feed: null }]);
  });
});
