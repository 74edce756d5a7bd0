import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { blockBytes, fillAfter, readTarHeader, writeTarHeader } from './tar-header.ts';

const size = fc.oneof(fc.nat(), fc.integer({ min: 8 ** 11 - 2, max: 8 ** 11 + 2 }), fc.maxSafeNat());

test('what is written is read again, also beyond 8 GiB', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9/._-]{1,100}$/), size, fc.nat(), (name, size, seconds) => {
      const header = { name, size, at: seconds * 1000 };
      assert.deepEqual(readTarHeader(writeTarHeader(header)), header);
    }),
  );
});

test('any changed byte is seen', () => {
  const block = writeTarHeader({ name: 'signalbox.sqlite', size: 4096, at: 0 });
  // Behind the sum stands padding that it counts, too.
  for (let at = 0; at < blockBytes; at++) {
    const changed = Buffer.from(block);
    changed[at] = (changed[at] ?? 0) ^ 0x11;
    if (at < 148 || at > 155) assert.equal(readTarHeader(changed), undefined, `byte ${at}`);
  }
});

test('never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), bytes => {
      readTarHeader(Buffer.from(bytes));
    }),
  );
});

test('contents are filled up to whole blocks', () => {
  assert.deepEqual([0, 1, 511, 512, 513].map(fillAfter), [0, 511, 1, 0, 511]);
});
