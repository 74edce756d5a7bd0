import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesce } from './coalesce.ts';

test('work is done at once, one at a time, and once more for all that was asked meanwhile', async () => {
  const started = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const finish = Promise.withResolvers<void>();
  let done = 0;
  const ask = coalesce(async () => {
    done += 1;
    started[done - 1]?.resolve();
    await finish.promise;
  }, 1);

  ask();
  assert.equal(done, 1);
  ask();
  ask();
  assert.equal(done, 1);
  finish.resolve();
  await started[1]?.promise;
  assert.equal(done, 2);
});
