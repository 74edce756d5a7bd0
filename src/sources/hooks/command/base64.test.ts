import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64 } from './base64.ts';

describe('base64', () => {
  const cases: readonly (readonly [text: string, decoded: string])[] = [
    ['aGVsbG8=', 'hello'],
    ['aGVs\r\nbG8=\n', 'hello'],
    ['aGVsbG8', 'hel'],
    ['aGVs!bG8=', 'hel'],
    ['aGVsbG8=x', 'hello'],
    ['aGVsbG8x=', 'hello1'],
    ['aGVsb===', 'hel'],
    ['_-__', ''],
    ['', ''],
  ];
  for (const [text, decoded] of cases)
    test(JSON.stringify(text), () => assert.equal(decodeBase64(text).toString(), decoded));

  test('reads what is encoded, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        assert.deepEqual(decodeBase64(Buffer.from(bytes).toString('base64')), Buffer.from(bytes));
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void decodeBase64(text)));
  });
});
