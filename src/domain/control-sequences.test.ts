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

test('of what a carriage return overwrites, the last is read', () => {
  assert.equal(readable('10%\r50%\r100%\r'), '100%');
});
