import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { needsPostgres, type PostgresServer, startPostgres } from '../../../test/support/postgres-server.ts';
import { chunk } from '../../contracts/store/acts.suite.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { runId } from '../../domain/id.ts';
import type { Engine } from '../engine.ts';
import { openPostgresEngine } from '../postgres/client.ts';
import { createGrowingLog } from './growing-log.ts';

describe('a log that grows', needsPostgres, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  test('what is appended while it is being stored is stored next', async () => {
    await using engine = await openPostgresEngine(await server.createDatabase());
    const run = runId('0'.repeat(26));
    const stored = Promise.withResolvers<void>();
    const slow: Engine = {
      ...engine,
      call: (name, input, given) => {
        if (name === 'addLogPart') stored.resolve();
        return engine.call(name, input, given);
      },
    };
    const log = createGrowingLog(slow, run);
    await log.append(chunk(1, 'one\n'));
    const flushing = log.flush();
    await stored.promise;
    await log.append(chunk(2, 'two\n'));
    await flushing;
    await log.flush();
    const { tail } = await engine.call('logParts', { run, from: 0 });
    assert.equal(Buffer.concat(tail.map(({ bytes }) => bytes)).toString(), 'one\ntwo\n');
  });

  test('what is said again while the database is away is held once', async () => {
    await using engine = await openPostgresEngine(await server.createDatabase());
    const run = runId('1'.repeat(26));
    let isAway = true;
    const away: Engine = {
      ...engine,
      call: (name, input, given) =>
        isAway
          ? Promise.reject(new SignalboxError('unavailable', 'it is away'))
          : engine.call(name, input, given),
    };
    const log = createGrowingLog(away, run);
    // Three of them are more than may be held.
    const text = `${'x'.repeat(400_000)}\n`;
    for (let times = 0; times < 5; times++) {
      await log.append(chunk(1, text));
      await assert.rejects(log.flush(), /it is away/);
    }
    isAway = false;
    await log.append(chunk(2, 'two\n'));
    await log.flush();
    const { tail } = await engine.call('logParts', { run, from: 0 });
    assert.equal(Buffer.concat(tail.map(({ bytes }) => bytes)).toString(), `${text}two\n`);
  });
});
