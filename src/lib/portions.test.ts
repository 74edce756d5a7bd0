import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { portions } from './portions.ts';

test('portions hold all items in their order, none longer than it has to be', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), fc.integer({ min: 1, max: 50 }), (lengths, most) => {
      const all = [...portions(lengths, each => each, most)];
      assert.deepEqual(all.flat(), lengths);
      for (const [index, portion] of all.entries()) {
        const sum = (some: readonly number[]) => some.reduce((total, each) => total + each, 0);
        assert.ok(sum(portion.slice(0, -1)) < most);
        assert.ok(index === all.length - 1 || sum(portion) >= most);
      }
    }),
  );
});
