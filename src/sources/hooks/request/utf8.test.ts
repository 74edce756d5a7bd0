import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeBytes, encodeText, fromByteString, strictUtf8 } from './utf8.ts';

describe('bytes as text', () => {
  test('each byte that belongs to no character is one U+FFFD', () => {
    const cases: readonly (readonly [bytes: readonly number[], text: string])[] = [
      [[0xff, 0xfe], '\ufffd\ufffd'],
      [[0x61, 0xe2, 0x82, 0x62], 'a\ufffd\ufffdb'],
      [[0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
      [[0xc0, 0xaf], '\ufffd\ufffd'],
      [[0xf0, 0x80, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
      [[0xf4, 0x90, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
      [[0xf0, 0x9f, 0x98, 0x80, 0xff], '😀\ufffd'],
      [[0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
    ];
    for (const [bytes, text] of cases) assert.equal(decodeBytes(Uint8Array.from(bytes)).toWellFormed(), text);
  });

  test('no byte is lost', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        assert.deepEqual(encodeText(decodeBytes(bytes)), Buffer.from(bytes));
      }),
    );
  });

  test('a large body of stray bytes fits into memory', () => {
    const bytes = Buffer.alloc(10_000_000, 0xff);
    assert.ok(encodeText(decodeBytes(bytes)).equals(bytes));
  });

  test('it agrees with strict decoders wherever they have an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const bytes = Buffer.from(text);
        assert.equal(decodeBytes(bytes), text);
        assert.equal(strictUtf8(bytes), text);
        assert.equal(fromByteString(bytes.toString('latin1')), text);
      }),
    );
    assert.equal(strictUtf8(Uint8Array.of(0xff)), null);
  });
});
