import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stripEscapes } from './strip-escapes.ts';

test('what terminals take for themselves is left out', () => {
  const cases: Record<string, string> = {
    'plain [31m text': 'plain [31m text',
    '\x1b[31mred\x1b[0m': 'red',
    '\x1b[1;38;5;208mA\x1b[K': 'A',
    '\x1b[?25lB\x1b[2 q': 'B',
    '\x9b31mC': 'C',
    '\x1b]0;title\x07D': 'D',
    '\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\': 'link',
    '\x1b_bk;t=1700000000000\x07E': 'E',
    '\x1b_bk;t=1700000000000\x1b\\E': 'E',
    '\x1bPq#0\x1b\\F': 'F',
    '\x1b(BG\x1b7\x1b=': 'G',
    'H\x1b]0;never ends': 'H',
    'I\x1b': 'I',
    '\x1b]0;cut\x1b[31mJ': 'J',
    'Ünïcödé \u{1f600}': 'Ünïcödé \u{1f600}',
  };
  for (const [text, bare] of Object.entries(cases))
    assert.equal(stripEscapes(text), bare, JSON.stringify(text));
});

test('no escape survives, and text without any is the same', () => {
  const pieces = fc.array(
    fc.constantFrom('\x1b', '[', ']', '_', 'm', '0', ';', '\x07', '\\', 'a', '\x9b', '\x9c'),
  );
  fc.assert(fc.property(pieces, all => !stripEscapes(all.join('')).includes('\x1b')));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', '[', 'ä') }),
      text => stripEscapes(text) === text,
    ),
  );
});

test('a hostile line takes no longer than its length', { timeout: 10_000 }, () => {
  for (const piece of ['\x1b[', '\x1b]', '\x1b_a', '\x1b ', '\x1b[0;'])
    assert.ok(!stripEscapes(piece.repeat(200_000)).includes('\x1b'));
});
