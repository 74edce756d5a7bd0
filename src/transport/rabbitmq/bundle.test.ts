import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Numbered, readBundle, writeBundles } from './bundle.ts';

const frames = fc.array(
  fc.record({
    number: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    frame: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  }),
  { maxLength: 200 },
);

const plain = ({ number, frame }: Numbered) => [number, frame.toString('hex')];

describe('a bundle', () => {
  test('gives back what was put in, in its order, however many bodies that takes', () => {
    fc.assert(
      fc.property(frames, given => {
        const read = writeBundles(given).flatMap(body => readBundle(body) ?? assert.fail('unreadable'));
        assert.deepEqual(read.map(plain), given.map(plain));
      }),
    );
  });

  test('is one body for as many as go together; what is large goes alone', () => {
    const sized = (bytes: number, number: number) => ({ number, frame: Buffer.alloc(bytes) });
    const bodies = (...sizes: readonly number[]) => writeBundles(sizes.map(sized)).length;
    assert.equal(bodies(), 0);
    assert.equal(bodies(10, 10, 10), 1);
    assert.equal(bodies(10, 3_000_000, 10), 3);
    assert.equal(bodies(...Array.from({ length: 64 }, () => 1)), 1);
    assert.equal(bodies(...Array.from({ length: 65 }, () => 1)), 2);
  });

  test('that was cut or is none at all is not read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
        const read = readBundle(Buffer.from(bytes));
        if (read !== undefined) assert.deepEqual(Buffer.concat(writeBundles(read)), Buffer.from(bytes));
      }),
    );
    const [body = Buffer.alloc(0)] = writeBundles([{ number: 7, frame: Buffer.from('{}') }]);
    for (let length = 1; length < body.length; length++)
      assert.equal(readBundle(body.subarray(0, length)), undefined);
    assert.equal(readBundle('{}'), undefined);
    assert.equal(readBundle(Buffer.from('{"v":1,"ask":"claim"}\n')), undefined);
    assert.equal(readBundle(Buffer.alloc(8 * 65)), undefined);
  });
});
