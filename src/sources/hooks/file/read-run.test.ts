import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hook } from '../../../../test/support/hooks/made.ts';
import { ours, theirs } from '../deviations.ts';
import { readHooks } from './read-hooks.ts';

describe('the run of a hook', () => {
  test('all of it', () => {
    const run = {
      mode: 'output',
      'sync-timeout': '10s',
      timeout: '5m',
      concurrency: { group: 'deploys', limit: 2, busy: 'cancel-older' },
      retry: { lost: 3 },
      'keep-logs': '7d',
      'dedupe-key': { source: 'header', name: 'X-GitHub-Delivery' },
    };
    assert.deepEqual(hook({ id: 'deploy', run }).run, {
      mode: 'output',
      syncTimeoutMs: 10_000,
      timeoutMs: 300_000,
      concurrency: { group: 'deploys', limit: 2, busy: 'cancel-older' },
      retryLost: 3,
      keepLogsMs: 7 * 24 * 3_600_000,
      dedupeKey: { source: 'header', name: 'X-GitHub-Delivery', envname: '', base64decode: false },
    });
  });

  test('each part has a default, and a group is the hook itself', () => {
    assert.deepEqual(hook({ id: 'deploy', run: { concurrency: {}, retry: null } }).run, {
      mode: null,
      syncTimeoutMs: null,
      timeoutMs: null,
      concurrency: { group: 'deploy', limit: 1, busy: 'queue' },
      retryLost: 0,
      keepLogsMs: null,
      dedupeKey: null,
    });
    assert.equal(hook({ id: 'deploy' }).run, null);
    assert.equal(hook({ id: 'deploy', run: null }).run, null);
  });

  const wrong: readonly (readonly [run: unknown, message: RegExp])[] = [
    ['now', /an object .* belongs here, not a text/],
    [{ tiemout: '5m' }, /nothing is called "tiemout"; did you mean "timeout"\?/],
    [{ 'keep-logs': true }, /"keep-logs" takes a duration such as 30s or 10m, from 1s to 3650d, not "true"/],
    [{ mode: 'async' }, /"mode" takes one of message, output, stream, accepted, not "async"/],
    [{ timeout: 30 }, /"timeout" takes a duration such as 30s or 10m, from 1s to 7d, not "30"/],
    [{ timeout: '8d' }, /from 1s to 7d, not "8d"/],
    [{ 'sync-timeout': ['1s'] }, /"sync-timeout" takes a text, not a list/],
    [{ concurrency: { limit: 0 } }, /"limit" takes a whole number from 1 to 1000, not 0/],
    [{ concurrency: { limit: '2' } }, /"limit" takes a whole number, without quotes, not a text/],
    [{ concurrency: { busy: 'wait' } }, /"busy" takes one of queue, cancel-older, skip, reject, not "wait"/],
    [{ concurrency: { group: '{branch}' } }, /"group" takes a name of 1 to 256 characters, without braces/],
    [{ concurrency: { group: '' } }, /"group" takes a name/],
    [{ retry: { lost: 11 } }, /"lost" takes a whole number from 0 to 10, not 11/],
    [{ retry: { failed: 1 } }, /nothing is called "failed"; known here: lost/],
    [{ 'dedupe-key': { name: 'a' } }, /no "source" is named: write one of payload, /],
    [{ 'dedupe-key': { source: 'haeder' } }, /there is no source "haeder"; did you mean "header"\?/],
    [{ 'dedupe-key': { source: 'header', envname: 'A' } }, /nothing is called "envname"/],
    [{ 'dedupe-key': 'a' }, /an object .* belongs here/],
  ];
  for (const [run, message] of wrong)
    test(`refused: ${JSON.stringify(run)}`, () => {
      const file = Buffer.from(`[{"id": "ok"},\n {"id": "deploy", "run": ${JSON.stringify(run)}}]`);
      const read = readHooks({ behaviour: ours, template: null, references: null }, file);
      assert.equal(read.result, 'refused');
      assert.match(read.message, /^the hook "deploy", in "run": /);
      assert.match(read.message, message);
      assert.equal(read.place.line, 2);
      // The original knows nothing of it.
      assert.equal(readHooks({ behaviour: theirs, template: null, references: null }, file).result, 'read');
    });
});
