import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { render, toJson } from '../render.ts';
import { firstJson } from './json.ts';
import { decodeBytes } from './utf8.ts';

/** How the first value of a text is rendered; undefined where there is none. */
function first(text: string): string | undefined {
  const value = firstJson(text);
  return value === undefined ? undefined : toJson(value);
}

describe('the first JSON value of a text', () => {
  test('numbers stay as they are written', () => {
    const text = '[1.0,1e3,1E400,-0,12345678901234567890123,0.10000000000000000001]';
    assert.equal(first(text), text);
  });

  test('what follows does not matter', () => {
    assert.equal(first('{"a":1} junk'), '{"a":1}');
    assert.equal(first('{"a":"x"}{"a":"y"}'), '{"a":"x"}');
    assert.equal(first(' \n\t[1,2] x'), '[1,2]');
  });

  test('of equal keys the last counts, and no name is special', () => {
    assert.equal(first('{"a":1,"a":2}'), '{"a":2}');
    assert.equal(first('{"__proto__":{"x":1},"constructor":2}'), '{"__proto__":{"x":1},"constructor":2}');
  });

  test('halves of surrogate pairs and stray bytes become U+FFFD', () => {
    assert.equal(first('"\\ud800x"'), '"\ufffdx"');
    assert.equal(first('"\\ud83d\\ude00"'), '"😀"');
    assert.equal(first(decodeBytes(Buffer.from([0x22, 0xff, 0xfe, 0x22]))), '"\ufffd\ufffd"');
  });

  test('what is no JSON', () => {
    for (const text of [
      '',
      ' ',
      '{',
      '{"a":',
      '{"a":1',
      '{"a":1,}',
      '[1,]',
      '[,1]',
      '{a:1}',
      "{'a':1}",
      '{"a" 1}',

      'nul',
      'NaN',
      '+1',
      '.5',
      '"a\nb"',
      '"\\x"',
      '"\\u12"',
      '"a',
      '\ufeff{}',
      '[1}',
      '{"a":1]',
      '{1:2}',
      '-',
    ])
      assert.equal(first(text), undefined, text);
  });

  test('nesting is limited by a number, not by the stack', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    assert.equal(first(nested(10_000)), nested(10_000));
    assert.equal(first(nested(10_001)), undefined);
    assert.equal(first('{"a":'.repeat(1_000_000)), undefined);
  });

  test('many backslashes and quotes take linear time', () => {
    assert.equal(firstJson(`"${'\\\\'.repeat(500_000)}"`), '\\'.repeat(500_000));
    assert.equal(firstJson(`"${'\\"'.repeat(500_000)}`), undefined);
  });

  test('whatever JSON can say is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(
        fc.json({ stringUnit: 'binary' }),
        fc.constantFrom('', ' ', '\n', ' x', ','),
        (json, behind) => {
          const value = firstJson(json + behind);
          assert.ok(value !== undefined);
          assert.deepEqual(
            JSON.parse(toJson(value)),
            JSON.parse(json, (_, each) => (typeof each === 'string' ? each.toWellFormed() : each)),
          );
        },
      ),
    );
  });

  test('no bytes make it throw, and what it reads can be rendered', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'a',
      '1',
      '-',
      'true',
      'null',
      ' ',
      '\\u',
      'd800',
      '.',
      'e',
    );
    const text = fc.oneof(
      fc.uint8Array().map(decodeBytes),
      fc.array(piece).map(pieces => pieces.join('')),
    );
    fc.assert(
      fc.property(text, text => {
        const value = firstJson(text);
        if (value !== undefined) assert.equal(typeof render(value), 'string');
      }),
    );
  });
});
