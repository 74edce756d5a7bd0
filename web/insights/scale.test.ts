import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countScale, timeScale } from './scale.ts';

test('scales are round, few, and hold what they are for', () => {
  for (const most of [0, 1, 7, 999, 1_001, 59_999, 61_000, 4_000_000, 900_000_000])
    for (const scale of [timeScale(most), countScale(most)]) {
      assert.ok(scale.top >= most && scale.top > 0);
      assert.ok(scale.ticks.length >= 2 && scale.ticks.length <= 6, String(scale.ticks));
      assert.equal(scale.ticks[0], 0);
      assert.equal(scale.ticks.at(-1), scale.top);
    }
  assert.deepEqual(timeScale(95_000).ticks, [0, 30_000, 60_000, 90_000, 120_000]);
  assert.deepEqual(countScale(7).ticks, [0, 2, 4, 6, 8]);
});
