import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toJson } from '../render.ts';
import { readForm } from './form.ts';

describe('forms', () => {
  const cases: readonly (readonly [text: string, json: string, broken: number])[] = [
    ['a=1&a=2&b=x+y%21&a.b=dot&c[d]=br&e', '{"a":"1","a.b":"dot","b":"x y!","c[d]":"br","e":""}', 0],
    ['=k&&b==', '{"":"k","b":"="}', 0],
    ['a=1;b=2&e=3', '{"e":"3"}', 1],
    ['b=2&a=%zz&%=1', '{"b":"2"}', 2],
    ['%C3%A9=%ff', '{"é":"\\ufffd"}', 0],
    ['', '{}', 0],
  ];
  for (const [text, json, broken] of cases)
    test(JSON.stringify(text), () => {
      const form = readForm(text);
      assert.equal(toJson(form.values), json);
      assert.equal(form.broken, broken);
    });

  test('reads what URLSearchParams writes, and never throws', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), values => {
        const { values: read } = readForm(new URLSearchParams(values).toString());
        assert.deepEqual(Object.fromEntries(read), { ...values });
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), bytes => void readForm(Buffer.from(bytes).toString('latin1'))));
  });
});
