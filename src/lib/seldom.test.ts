import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeldom } from './seldom.ts';

test('the same words are said once in a while, with how often they were left out', () => {
  const seldom = createSeldom(1_000, 10);
  const said = [0, 1, 999, 1_000, 1_500, 2_500, 9_000].map(now => seldom.say('away', now));
  assert.deepEqual(said, [0, undefined, undefined, 2, undefined, 1, 0]);
  assert.equal(seldom.say('other', 9_001), 0);
});

test('a clock that is set back does not silence them', () => {
  const seldom = createSeldom(1_000, 10);
  assert.equal(seldom.say('away', 1_000_000), 0);
  assert.equal(seldom.say('away', 10), 0);
});

test('only so many are remembered, those that were said last', () => {
  const seldom = createSeldom(1_000, 2);
  for (const words of ['a', 'b', 'c']) seldom.say(words, 0);
  assert.deepEqual(
    ['c', 'a'].map(words => seldom.say(words, 1)),
    [undefined, 0],
  );
});
