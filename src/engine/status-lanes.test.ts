import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLanes, type Notice } from './status-lanes.ts';

const notice = (lane: string, item: number, delayMs = 0): Notice => ({ lane, item, delayMs });
const items = (notices: readonly Notice[]): number[] => notices.map(({ item }) => item);

test('notices of one lane keep a distance, others do not wait for them', () => {
  const lanes = createLanes(1_000, 0);
  for (const [index, lane] of ['a', 'a', 'b'].entries()) lanes.add(notice(lane, index), 5_000);
  assert.deepEqual(items(lanes.take(5_000)), [0, 2]);
  assert.equal(lanes.oldest(), 1);
  assert.equal(lanes.nextDue(), 6_000);
  assert.deepEqual(items(lanes.take(5_999)), []);
  assert.deepEqual(items(lanes.take(6_000)), [1]);
  assert.deepEqual([lanes.oldest(), lanes.nextDue(), lanes.size()], [null, null, 0]);
});

test('a notice is held back, and those behind it with it', () => {
  const lanes = createLanes(1_000, 0);
  lanes.add(notice('a', 1, 2_000), 5_000);
  lanes.add(notice('a', 2), 5_000);
  assert.deepEqual(items(lanes.take(6_999)), []);
  assert.deepEqual(items(lanes.take(7_000)), [1]);
  assert.deepEqual(items(lanes.take(7_999)), []);
  assert.deepEqual(items(lanes.take(8_000)), [2]);
});

test('after a start the first notice waits as if one had just been taken', () => {
  const lanes = createLanes(1_000, 5_000);
  lanes.add(notice('a', 1), 5_000);
  assert.deepEqual(items(lanes.take(5_999)), []);
  assert.deepEqual(items(lanes.take(6_000)), [1]);
});

test('a clock that is set back by a day holds nothing up for a day', () => {
  const day = 86_400_000;
  const lanes = createLanes(1_000, day);
  for (const item of [1, 2]) lanes.add(notice('a', item, 2_000), day);
  assert.deepEqual(items(lanes.take(day + 2_000)), [1]);
  assert.deepEqual(items(lanes.take(0)), []);
  assert.deepEqual(items(lanes.take(2_000)), [2]);
});

test('whatever comes: nothing is lost, doubled, out of order or too near', () => {
  const step = fc.record({
    lane: fc.constantFrom('a', 'b', 'c'),
    delayMs: fc.nat(3_000),
    restMs: fc.nat(2_000),
  });
  fc.assert(
    fc.property(fc.array(step), steps => {
      const lanes = createLanes<Notice & { readonly n: number }>(1_000, 0);
      const taken: { readonly lane: string; readonly n: number; readonly at: number }[] = [];
      let now = 0;
      const take = () => taken.push(...lanes.take(now).map(({ lane, n }) => ({ lane, n, at: now })));
      for (const [n, { lane, delayMs, restMs }] of steps.entries()) {
        lanes.add({ lane, item: n + 1, delayMs, n }, now);
        take();
        assert.equal(lanes.size() + taken.length, n + 1);
        now += restMs;
      }
      for (let due = lanes.nextDue(); due !== null; due = lanes.nextDue()) {
        now = Math.max(now, due);
        take();
      }
      for (const lane of ['a', 'b', 'c']) {
        const its = taken.filter(each => each.lane === lane);
        const expected = steps.flatMap((each, n) => (each.lane === lane ? [n] : []));
        assert.deepEqual(
          its.map(({ n }) => n),
          expected,
        );
        assert.ok(its.every(({ at }, index) => index === 0 || at - (its[index - 1]?.at ?? 0) >= 1_000));
      }
    }),
  );
});
