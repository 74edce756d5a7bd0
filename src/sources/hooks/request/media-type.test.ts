import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readMediaType } from './media-type.ts';

const read = (text: string) => {
  const found = readMediaType(text);
  return found === null ? null : [found.type, Object.fromEntries(found.parameters)];
};

describe('media types and dispositions', () => {
  const cases: readonly (readonly [text: string, read: unknown])[] = [
    ['multipart/form-data; boundary=x', ['multipart/form-data', { boundary: 'x' }]],
    ['Multipart/Form-Data;BOUNDARY="a b;c"', ['multipart/form-data', { boundary: 'a b;c' }]],
    ['form-data; name="a\\"b\\\\c\\d"', ['form-data', { name: 'a"b\\c\\d' }]],
    [
      "form-data; filename*=utf-8''a%20%C3%A9",
      ['form-data', { filename: 'a é', 'filename*': "utf-8''a%20%C3%A9" }],
    ],
    ["form-data; filename*=utf-8''%zz", ['form-data', {}]],
    ['form-data;', ['form-data', {}]],
    ['text/plain', ['text/plain', {}]],
    ['form-data; name=a; name=b', null],
    ['form-data; name', null],
    ['form-data; name="a', null],
    ['', null],
    [';a=b', null],
  ];
  for (const [text, wanted] of cases) test(JSON.stringify(text), () => assert.deepEqual(read(text), wanted));

  test('never throws', () => {
    const piece = fc.constantFrom('form-data', ';', '=', '"', '\\', 'name', '*', "utf-8''", '%', ' ', 'a');
    fc.assert(fc.property(fc.array(piece), pieces => void readMediaType(pieces.join(''))));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void readMediaType(text)));
  });
});
