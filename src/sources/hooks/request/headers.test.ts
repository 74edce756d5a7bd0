import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toJson } from '../render.ts';
import { canonicalName, headerValues } from './headers.ts';

const json = (...headers: readonly (readonly [string, string])[]) => toJson(headerValues({ headers }));

describe('headers', () => {
  test('names have one form', () => {
    const cases = {
      'x-github-EVENT': 'X-Github-Event',
      x_under: 'X_under',
      'x-a.b': 'X-A.b',
      '': '',
      'a b': 'a b',
      é: 'é',
    };
    for (const [name, canonical] of Object.entries(cases)) assert.equal(canonicalName(name), canonical);
  });

  test('the first of equal names counts', () => {
    assert.equal(json(['x-foo', '1'], ['X-Foo', '2']), '{"X-Foo":"1"}');
  });

  test('host and framing are not among them', () => {
    assert.equal(
      json(['Host', 'h'], ['Connection', 'close'], ['Content-Length', '3']),
      '{"Connection":"close","Content-Length":"3"}',
    );
    assert.equal(json(['Transfer-Encoding', 'chunked'], ['Content-Length', '3'], ['Trailer', 'x']), '{}');
  });

  test('the old way to ask for a fresh answer stands for the new one', () => {
    assert.equal(json(['pragma', 'no-cache']), '{"Cache-Control":"no-cache","Pragma":"no-cache"}');
    assert.equal(
      json(['pragma', 'no-cache'], ['cache-control', 'x']),
      '{"Cache-Control":"x","Pragma":"no-cache"}',
    );
  });

  test('values are UTF-8', () => {
    assert.equal(json(['x', Buffer.from('é').toString('latin1')]), '{"X":"é"}');
  });
});
