import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cut, pad, terminalLine, visible, width, wrap } from './text.ts';

const escape = '\u001b';
/** Text as hostile people write it: any code unit, and often the dangerous ones. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        `${escape}[31m`,
        `${escape}[2J`,
        `${escape}]0;title\u0007`,
        `${escape}]52;c;cm0gLXJm${escape}\\`,
        `${escape}]8;;https://evil.example${escape}\\`,
        `${escape}P1$r${escape}\\`,
        '\u009b31m',
        '\u202e',
        '\u2066',
        '\u200b',
        '\ufeff',
        '\u{e0041}',
        '\ud800',
        '\r',
        '\n',
        '\u2028',
        'a',
        '漢字',
        '👩‍👩‍👧',
        'e\u0301',
      ),
    ),
    { maxLength: 20 },
  )
  .map(parts => parts.join(''));

const colour = new RegExp(`${escape}\\[[0-9;:]*m`, 'g');

/** Whatever a terminal would act on, or a reader would not see. */
const active = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

test('visible text has nothing in it that a terminal would act on', () => {
  fc.assert(fc.property(hostile, text => assert.doesNotMatch(visible(text), active)));
});

test('visible leaves ordinary text of any script as it is', () => {
  for (const text of ['release/2.x', 'Füße', 'ветка', '漢字', 'فرع', '🚂', 'a b\u00a0c'])
    assert.equal(visible(text), text);
});

test('A75: visible shows what it found', () => {
  assert.equal(visible(`a${escape}[31mb\nc\u202ed\t`), 'a\\u{1b}[31mb\\nc\\u{202e}d\\t');
});

test('a line for a terminal keeps colours and nothing else that is active', () => {
  fc.assert(
    fc.property(hostile, text => {
      const withoutColours = terminalLine(text, true).replaceAll(colour, '');
      assert.doesNotMatch(withoutColours.replaceAll(/[\t\u200c\u200d]/g, ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('a line for a terminal without colours has none', () => {
  fc.assert(
    fc.property(hostile, text =>
      assert.doesNotMatch(terminalLine(text, false).replaceAll(/[\t\u200c\u200d]/g, ''), active),
    ),
  );
  assert.equal(terminalLine(`${escape}[31mred${escape}[0m`, false), 'red');
});

test('a coloured line ends without colour, so that the next one is not painted by it', () => {
  assert.equal(terminalLine(`${escape}[31mred`, true), `${escape}[31mred${escape}[0m`);
  assert.equal(terminalLine('plain', true), 'plain');
});

test('A37: what a progress bar overwrote is not shown', () => {
  assert.equal(terminalLine('10%\r50%\r100%\r', true), '100%');
});

test('cut text is never wider than it may be, and text that fits stays', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 0, max: 40 }), (text, columns) => {
      const shown = visible(text);
      const short = cut(shown, columns);
      assert.ok(width(short) <= columns);
      if (width(shown) <= columns) assert.equal(short, shown);
    }),
  );
});

test('padded text takes exactly its columns', () => {
  fc.assert(
    fc.property(hostile, text => {
      const shown = cut(visible(text), 20);
      assert.equal(width(pad(shown, 20)), 20);
    }),
  );
});

test('wrapped text keeps every letter and no line is too wide', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 2, max: 40 }), (text, columns) => {
      const shown = visible(text);
      const lines = wrap(shown, columns);
      for (const line of lines) assert.ok(width(line) <= columns, `"${line}" is wider than ${columns}`);
      assert.equal(lines.join('').replaceAll(' ', ''), shown.replaceAll(' ', ''));
    }),
  );
  assert.deepEqual(wrap('the quick brown fox', 10), ['the quick', 'brown fox']);
  assert.deepEqual(wrap('as long as it is', Number.POSITIVE_INFINITY), ['as long as it is']);
});

test('width counts columns as terminals do', () => {
  assert.equal(width('abc'), 3);
  assert.equal(width('漢字'), 4);
  assert.equal(width('e\u0301'), 1);
  assert.equal(width('🚂'), 2);
});
