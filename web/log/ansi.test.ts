import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { spans } from './ansi.ts';

const esc = '\u001b';
const piecesOf = (line: string) => spans(line).map(({ text, classes }) => ({ text, classes }));
const textOf = (line: string): string =>
  spans(line)
    .map(({ text }) => text)
    .join('');

describe('a line of a log', () => {
  test('is one plain piece when it is plain', () => {
    assert.deepEqual(piecesOf('hello'), [{ text: 'hello', classes: '' }]);
    assert.deepEqual(piecesOf(''), []);
  });

  test('has the colours its sequences ask for, until the line ends', () => {
    assert.deepEqual(piecesOf(`a${esc}[1;31mb${esc}[39mc${esc}[0md${esc}[44me`), [
      { text: 'a', classes: '' },
      { text: 'b', classes: 'ansi-bold ansi-red' },
      { text: 'c', classes: 'ansi-bold' },
      { text: 'd', classes: '' },
      { text: 'e', classes: 'ansi-on-blue' },
    ]);
    assert.deepEqual(piecesOf('next'), [{ text: 'next', classes: '' }]);
  });

  test('has free colours as the nearest of the sixteen', () => {
    for (const sequence of ['38;5;196', '38;2;250;10;10', '38:2:250:10:10'])
      assert.deepEqual(piecesOf(`${esc}[${sequence}mx`), [{ text: 'x', classes: 'ansi-bright-red' }]);
    assert.deepEqual(piecesOf(`${esc}[48;5;231;1mx`), [
      { text: 'x', classes: 'ansi-bold ansi-on-bright-white' },
    ]);
    assert.deepEqual(piecesOf(`${esc}[38;9;1mx`), [{ text: 'x', classes: 'ansi-bold' }]);
  });

  test('loses every other sequence, and no text', () => {
    assert.equal(textOf(`${esc}]8;;javascript:alert(1)${esc}\\link${esc}]8;;${esc}\\ stays`), 'link stays');
    assert.equal(textOf(`${esc}]0;title\u0007shown${esc}[2K${esc}[1A${esc}7${esc}(B`), 'shown');
    assert.equal(textOf(`${esc}P1;2qimage${esc}\\after`), 'after');
    assert.equal(textOf('\u009b31mred'), 'red');
  });

  test('A74: links only where the web is, and says nothing else of what a sequence holds', () => {
    const to = (address: string) => spans(`${esc}]8;id=1;${address}${esc}\\link${esc}]8;;${esc}\\ end`);
    assert.deepEqual(
      to('https://example.org/a?b#c').map(({ text, href }) => [text, href]),
      [
        ['link', 'https://example.org/a?b#c'],
        [' end', null],
      ],
    );
    for (const address of [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'https://',
      '//x',
      '',
    ])
      assert.deepEqual(
        to(address).map(({ href }) => href),
        [null, null],
        address,
      );
    assert.equal(
      to('https://x/"><img src=x onerror=alert(1)>')[0]?.href,
      'https://x/%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E',
    );
  });

  test('shows a sequence that never ends as text, with what would have been swallowed', () => {
    assert.equal(textOf(`${esc}]8;;http://example.org and more`), '⟦U+001B⟧]8;;http://example.org and more');
    assert.equal(textOf(`before ${esc}[31`), 'before ⟦U+001B⟧[31');
  });

  test('shows what a carriage return leaves standing', () => {
    assert.equal(textOf('10%\r50%\r100%'), '100%');
    assert.equal(textOf('done\r'), 'done');
  });

  test('A75: spells out what nobody would see', () => {
    assert.equal(textOf('a\u202eb\u0008c\td'), 'a⟦U+202E⟧b⟦U+0008⟧c\td');
  });

  test('keeps its pieces few, whatever the job prints', () => {
    const line = `${esc}[31ma${esc}[32mb`.repeat(5_000);
    assert.ok(spans(line).length < 1_000);
    assert.equal(textOf(line), 'ab'.repeat(5_000));
    assert.deepEqual(piecesOf(`${esc}[1m`.repeat(100_000)), []);
  });

  test('never brings classes of its own or unseen characters, for any bytes', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        `${esc}[`,
        `${esc}]8;;`,
        `${esc}\\`,
        '\u0007',
        '38;5;',
        'm',
        ';',
        '\r',
        '\u202e',
        '\u009b',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), pieces => {
        for (const { text, classes, href } of spans(pieces.join(''))) {
          assert.ok(href === null || /^https?:\/\//.test(href));
          assert.match(classes, /^(?:ansi-[a-z-]+(?: ansi-[a-z-]+)*)?$/);
          // oxlint-disable-next-line no-control-regex -- none of them may be left
          assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        }
      }),
    );
  });
});
