import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base58, fromBase58 } from './base58.ts';

test('base58 of what others have written', () => {
  assert.equal(base58(Buffer.from('Hello World!')), 'z2NEpo7TZRRrLZSi2U');
  assert.equal(base58(Buffer.from('0000287fb4cd', 'hex')), 'z11233QC4');
  assert.equal(base58(new Uint8Array()), 'z');
});

test('base58 gives back every sequence of bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
      assert.deepEqual(Buffer.from(fromBase58(base58(bytes)) ?? []), Buffer.from(bytes));
    }),
  );
});

test('what is no base58 is undefined', () => {
  for (const text of ['', 'Hello', 'z0', 'zO', 'zI', 'zl', 'z ', 'z1\n'])
    assert.equal(fromBase58(text), undefined, JSON.stringify(text));
});
