import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, constantFrom, integer, nat, property, record, uint8Array } from 'fast-check';
import { logStreams } from '../../domain/log.ts';
import { entryBytes, readEntry, writeEntry } from './entry.ts';

const word = integer({ min: 0, max: 0xffff_ffff });
const anyEntry = record(
  {
    offset: integer({ min: 0, max: 2 ** 48 - 1 }),
    length: word,
    firstSeq: word,
    lines: word,
    at: integer({ min: 0, max: 2 ** 48 - 1 }),
    attempt: integer({ min: 0, max: 0xffff }),
    sequence: word,
    stream: constantFrom(...logStreams),
  },
  { noNullPrototype: true },
);

test('an entry is read as it was written', () => {
  check(
    property(anyEntry, nat(3), (entry, place) => {
      const bytes = Buffer.alloc(entryBytes * 4);
      writeEntry(bytes, place * entryBytes, entry);
      assert.deepEqual(readEntry(bytes, place * entryBytes), entry);
      for (let other = 0; other < 4; other++)
        if (other !== place) assert.equal(readEntry(bytes, other * entryBytes), undefined);
    }),
  );
});

test('any bytes are read as an entry or as none', () => {
  check(
    property(uint8Array({ maxLength: 2 * entryBytes }), nat(entryBytes), (bytes, position) => {
      const entry = readEntry(Buffer.from(bytes), position);
      if (bytes.length < position + entryBytes) assert.equal(entry, undefined);
    }),
  );
});
