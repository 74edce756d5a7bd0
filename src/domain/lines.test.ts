import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLineCutter } from './lines.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (piece: Uint8Array | undefined) =>
  piece === undefined ? undefined : new TextDecoder().decode(piece);

test('lines are given when they are complete, the last words at the end', () => {
  const cutter = createLineCutter();
  assert.equal(text(cutter.push(bytes('one\ntw'))), 'one\n');
  assert.equal(text(cutter.push(bytes('o'))), undefined);
  assert.equal(text(cutter.push(bytes('\nthree'))), 'two\n');
  assert.equal(text(cutter.end()), 'three');
  assert.equal(cutter.end(), undefined);
});

test('what is kept until its line is complete is a copy: the next piece may come in the same memory', () => {
  const cutter = createLineCutter();
  const memory = Buffer.from('one');
  cutter.push(memory);
  memory.write('two');
  assert.equal(text(cutter.push(memory)), undefined);
  assert.equal(text(cutter.end()), 'onetwo');
});

test('A37: whatever the pieces: no byte is lost or moved, no piece but the cut or last one lacks its line feed, nothing grows without bound', () => {
  const longest = 16;
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom(10, 13, 0, 65, 255), { maxLength: 40 }), { maxLength: 20 }),
      pieces => {
        const cutter = createLineCutter(longest);
        const given: Uint8Array[] = [];
        for (const piece of pieces) {
          const lines = cutter.push(Uint8Array.from(piece));
          if (lines !== undefined) given.push(lines.slice());
        }
        const rest = cutter.end();
        if (rest !== undefined) {
          assert.ok(rest.length < longest);
          given.push(rest);
        }
        assert.deepEqual(
          given.flatMap(lines => [...lines]),
          pieces.flat(),
        );
      },
    ),
  );
});

test('A37: a line that is too long is cut between two characters, not in one', () => {
  const letters = 'aé漢🚂'.repeat(10);
  for (let longest = 8; longest < 16; longest += 1) {
    const cutter = createLineCutter(longest);
    const pieces = [...bytes(letters)].map(byte => cutter.push(Uint8Array.of(byte))?.slice());
    const strict = new TextDecoder('utf-8', { fatal: true });
    const whole = [...pieces, cutter.end()].filter(piece => piece !== undefined);
    assert.ok(whole.length > 1);
    assert.equal(whole.map(piece => strict.decode(piece)).join(''), letters);
  }
});
