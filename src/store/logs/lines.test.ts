import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, constantFrom, property, uint8Array } from 'fast-check';
import { countLines, splitLines } from './lines.ts';

test('as many lines are counted as are read', () => {
  const anyBytes = array(constantFrom(10, 13, 97, 0, 255), { maxLength: 40 }).map(bytes =>
    Buffer.from(bytes),
  );
  check(
    property(anyBytes, bytes => {
      assert.equal([...splitLines(bytes)].length, countLines(bytes));
    }),
  );
});

test('A37: lines lose their endings and nothing else', () => {
  const lines = (text: string) => [...splitLines(Buffer.from(text))];
  assert.deepEqual(lines(''), []);
  assert.deepEqual(lines('\n'), ['']);
  assert.deepEqual(lines('\r\n'), ['']);
  assert.deepEqual(lines('a\n\nb'), ['a', '', 'b']);
  assert.deepEqual(lines('a\r\nb\r'), ['a', 'b\r']);
  assert.deepEqual(lines('10 %\r50 %\n'), ['10 %\r50 %']);
  assert.deepEqual(lines('a\0b\n'), ['a\0b']);
  assert.deepEqual([...splitLines(Buffer.from([0x61, 0xff, 0xc3, 10, 0x62]))], ['a\ufffd\ufffd', 'b']);
});

test('a view into a larger buffer is read on its own', () => {
  check(
    property(uint8Array(), bytes => {
      const whole = Buffer.concat([Buffer.from('before\n'), bytes, Buffer.from('\nafter')]);
      const view = whole.subarray(7, 7 + bytes.length);
      assert.equal(countLines(view), countLines(bytes));
    }),
  );
});
