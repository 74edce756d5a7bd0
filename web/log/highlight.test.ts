import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { highlighted } from './highlight.ts';

const span = (text: string, classes = '') => ({ text, classes, href: null });
const shown = (texts: readonly string[], wanted: string) =>
  highlighted(
    texts.map((text, at) => span(text, `c${at}`)),
    wanted,
  ).map(({ text, isFound }) => (isFound ? `[${text}]` : text));

test('what was searched for is marked, in whatever case, also across colours', () => {
  assert.deepEqual(shown(['a Needle here'], 'needle'), ['a ', '[Needle]', ' here']);
  assert.deepEqual(shown(['a Nee', 'dle'], 'needle'), ['a ', '[Nee]', '[dle]']);
  assert.deepEqual(shown(['aaaa'], 'aa'), ['[aa]', '[aa]']);
  assert.deepEqual(shown(['none'], 'x'), ['none']);
  assert.deepEqual(shown(['all'], ''), ['all']);
});

test('no text is lost, and every piece keeps its colour', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'İ', '😀'), minLength: 1 }));
  fc.assert(
    fc.property(texts, fc.constantFrom('a', 'ab', 'aa', 'i'), (texts, wanted) => {
      const spans = texts.map((text, at) => span(text, `c${at}`));
      const pieces = highlighted(spans, wanted);
      for (const { text, classes } of spans)
        assert.equal(
          pieces
            .filter(piece => piece.classes === classes)
            .map(piece => piece.text)
            .join(''),
          text,
        );
    }),
  );
});
