import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createTerminalLines } from './terminal-lines.ts';

const stamp = (ms: number) => `\x1b_bk;t=${ms}\x07`;

function linesOf(...pieces: readonly (string | Uint8Array)[]): readonly string[] {
  const lines = createTerminalLines();
  return [...pieces.flatMap(piece => lines.push(Buffer.from(piece))), ...lines.end()];
}

describe('what a terminal was sent', () => {
  const table: readonly (readonly [name: string, printed: string, ...lines: string[]])[] = [
    [
      'timestamps go, a line end may have two characters',
      `${stamp(1785578404100)}--- build\r\n${stamp(1785578404200)}ok\r\n`,
      '--- build',
      'ok',
    ],
    [
      'a carriage return begins the line anew',
      `${stamp(1785578404100)}10%\r\x1b[K${stamp(1785578405100)}100%\n`,
      '100%',
    ],
    ['several of them', 'a\rb\rc\n', 'c'],
    ['one at the end of a line ends nothing twice', 'done\r\r\nnext\n', 'done', 'next'],
    ['one with a timestamp behind it', `done\r${stamp(1)}\nnext\n`, 'done', 'next'],
    ['a carriage return and a colour', 'red\r\x1b[32mgreen\x1b[0m\n', '\x1b[32mgreen\x1b[0m'],
    ['colours stay', '\x1b[32mgreen\x1b[0m\n', '\x1b[32mgreen\x1b[0m'],
    ['erasing the line', 'old\x1b[2Knew\n', 'new'],
    ['erasing behind the cursor, at the end of a line', 'text\x1b[K\n', 'text'],
    ['movements go', 'a\x1b[2A\x1b[1;1Hb\x1b(Bc\x1b7d\x1b=e\n', 'abcde'],
    ['a timestamp may end in two characters', '\x1b_bk;t=1\x1b\\x\n', 'x'],
    [
      'a link by its words',
      "\x1b]1339;url='https://x.example';content='the \x01report'\x07!\n",
      'the  report!',
    ],
    ['a link without words', '\x1b]1339;url=https://x.example\x07\n', 'https://x.example'],
    ['an image by its description', '\x1b]1338;url=a.png;alt="A graph"\x1b\\\n', 'A graph'],
    ['other commands to the terminal go', '\x1b]0;title\x07a\x1bPq#0\x1b\\b\x1b^x\x07c\n', 'abc'],
    ['a sequence that is broken off swallows no lines', 'a\x1b[12\nb\x1b]\nc\x1b\nd\n', 'a', 'b', 'c', 'd'],
    ['characters that nobody sees go, tabs stay', 'a\0\x08\x7f\tb\n', 'a\tb'],
    ['empty lines', '\n\r\n\n', '', '', ''],
    ['a last line without its end', 'a\nb', 'a', 'b'],
    ['what is broken off in a sequence', `a\n${stamp(1).slice(0, 9)}`, 'a'],
  ];
  for (const [name, printed, ...lines] of table) test(name, () => assert.deepEqual(linesOf(printed), lines));

  test('a line without end is cut between two characters', () => {
    const long = '\u{1f682}'.repeat(20_000);
    const lines = linesOf(`x${long}\n`);
    assert.ok(lines.every(line => line.length <= 16_000 && line.isWellFormed()));
    assert.equal(lines.join(''), `x${long}`);
  });

  test('a sequence without end does not grow', () => {
    const lines = createTerminalLines();
    for (let n = 0; n < 100; n += 1)
      assert.deepEqual(lines.push(Buffer.alloc(10_000, 'x')).length >= 0, true);
    assert.deepEqual(linesOf(`\x1b]1339;content=${'x'.repeat(1_000_000)}`, '\x07after\n'), ['after']);
  });
});

test('how the bytes were cut makes no difference', () => {
  const words = [
    'a',
    'é',
    '\u{1f682}',
    '\r',
    '\n',
    '\r\n',
    '\x1b',
    '\x1b[',
    '2K',
    '31m',
    stamp(7),
    '\x1b]1339;',
    'content=c',
    '\x07',
    '\\',
    '\0',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words)), fc.array(fc.nat()), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''));
      const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
      const pieces = places.slice(1).map((end, n) => bytes.subarray(places[n], end));
      assert.deepEqual(linesOf(...pieces), linesOf(bytes));
    }),
  );
});
