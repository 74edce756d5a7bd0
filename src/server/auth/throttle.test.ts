import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystemClock } from '../../clock/system.ts';
import { createThrottle } from './throttle.ts';

/** A system clock whose time the test moves. */
function createClock() {
  const clock = { ...createSystemClock(), at: 1_000_000, now: () => clock.at };
  return clock;
}

test('wrong proofs are counted by address and forgiven after a while', () => {
  const clock = createClock();
  const throttle = createThrottle({ clock });
  const wrong = (peer: string, times: number) =>
    Array.from({ length: times }, () => throttle.wrong(peer)).at(-1);
  assert.equal(wrong('10.0.0.1', 20), 0);
  assert.equal(wrong('10.0.0.1', 1), 60_000);
  assert.equal(wrong('10.0.0.2', 1), 0);
  clock.at += 60_000;
  assert.equal(wrong('10.0.0.1', 1), 0);
});
