import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystemClock } from './system.ts';

test('unique ids are 26 characters and only grow, also many within one millisecond', () => {
  const clock = createSystemClock();
  const ids = Array.from({ length: 20_000 }, () => clock.unique());
  assert.ok(ids.every(id => /^[0-9a-hjkmnp-tv-z]{26}$/.test(id)));
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
});

test('A22: ids grow also when the clock goes back', t => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
  const clock = createSystemClock();
  const before = clock.unique();
  t.mock.timers.setTime(1_800_000_000_000 - 3_600_000);
  assert.ok(clock.unique() > before);
});

test('A22: ids go on after those of an earlier process, also when the clock went back in between', t => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
  const before = createSystemClock();
  const [first, second] = [before.unique(), before.unique()];
  t.mock.timers.setTime(1_800_000_000_000 - 3_600_000);
  const clock = createSystemClock();
  clock.goOnAfter(`run_${second}`);
  clock.goOnAfter(`evt_${first}`);
  const ids = [second, clock.unique(), clock.unique()];
  t.mock.timers.setTime(1_800_000_000_001);
  ids.push(clock.unique());
  assert.deepEqual([...ids].sort(), ids);
  assert.ok(ids.every(id => /^[0-9a-hjkmnp-tv-z]{26}$/.test(id)));
});

test('sleep ends early when aborted, for the reason given', async () => {
  const abort = new AbortController();
  const sleeping = createSystemClock().sleep(60_000, abort.signal);
  abort.abort('enough');
  await assert.rejects(sleeping, reason => reason === 'enough');
  await assert.rejects(createSystemClock().sleep(60_000, abort.signal), reason => reason === 'enough');
});
