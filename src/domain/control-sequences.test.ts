import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readable } from './control-sequences.ts';

const esc = '\u001b';

test('a line is read without its colours, links and titles', () => {
  assert.equal(readable('plain'), 'plain');
  assert.equal(
    readable(`${esc}[1;31mred${esc}[0m and ${esc}]8;;http://x\u0007a link${esc}]8;;\u0007`),
    'red and a link',
  );
});

test('A74: no line takes longer than its length', { timeout: 20_000 }, () => {
  const many = 500_000;
  for (const piece of [
    '\u009d',
    `${esc}]`,
    `${esc}[`,
    '\u009b',
    '\r',
    `${esc}P`,
    '\u0090 ',
    `${esc}[1;`,
    `${esc} `,
    '\u009d8;;',
  ])
    for (const end of ['', 'x', '\r', esc]) assert.ok(readable(piece.repeat(many) + end).length <= 5 * many);
});

test('of what a carriage return overwrites, the last is read', () => {
  assert.equal(readable('10%\r50%\r100%\r'), '100%');
  assert.equal(readable('done\r\r'), 'done');
  assert.equal(readable('\r'), '');
});
