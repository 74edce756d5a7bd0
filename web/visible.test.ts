import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visible } from './visible.ts';

test('characters that nobody sees are spelled out', () => {
  assert.equal(visible('main\u202egnp.exe'), 'main⟦U+202E⟧gnp.exe');
  assert.equal(visible('a\u0000b\u001bc\u009bd'), 'a⟦U+0000⟧b⟦U+001B⟧c⟦U+009B⟧d');
  assert.equal(visible('zero\u200bwidth\ufeff'), 'zero⟦U+200B⟧width⟦U+FEFF⟧');
  assert.equal(visible('tag\u{e0041}'), 'tag⟦U+E0041⟧');
});

test('all that people write stays as it is', () => {
  for (const text of ['plain', 'two\nlines\tand a tab', 'Grüße', 'שלום עולם', 'می‌خواهم', '👩‍👩‍👧', '日本語'])
    assert.equal(visible(text), text);
  assert.equal(visible('one\r\ntwo'), 'one\ntwo');
});
