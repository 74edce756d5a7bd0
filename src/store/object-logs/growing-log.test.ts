import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { needsPostgres, type PostgresServer, startPostgres } from '../../../test/support/postgres-server.ts';
import { chunk } from '../../contracts/store/acts.suite.ts';
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
});
