import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAlready } from '../../../test/support/hooks/made.ts';
import { obtain, sources } from './obtain.ts';

const request = readAlready({
  headers: new Map([['X-Foo', 'h']]),
  query: new Map([['q', 'v']]),
  parameters: new Map([['env', 'prod']]),
  payload: new Map([
    ['a', { literal: '1.0' }],
    ['n', null],
  ]),
  body: Buffer.from('raw'),
});
const get = (source: string, name = '') =>
  obtain({ source, name, envname: '', base64decode: false }, request);

describe('sources', () => {
  const cases: readonly (readonly [source: string, name: string, text: string])[] = [
    ['payload', 'a', '1.0'],
    ['header', 'x-foo', 'h'],
    ['url', 'q', 'v'],
    ['query', 'q', 'v'],
    ['request', 'Method', 'POST'],
    ['request', 'remote-addr', '127.0.0.1:4000'],
    ['path', 'env', 'prod'],
    ['string', 'itself', 'itself'],
    ['raw-request-body', 'ignored', 'raw'],
    ['entire-payload', '', '{"a":1.0,"n":null}'],
    ['entire-headers', '', '{"X-Foo":"h"}'],
    ['entire-query', '', '{"q":"v"}'],
  ];
  for (const [source, name, text] of cases)
    test(`${source} ${name}`, () => assert.deepEqual(get(source, name), { result: 'value', text }));

  test('each of them is listed', () => {
    assert.deepEqual([...new Set(cases.map(([source]) => source))].sort(), [...sources].sort());
  });

  test('what the request does not hold, and what cannot be asked', () => {
    assert.equal(get('payload', 'b').result, 'missing');
    assert.deepEqual(get('payload', 'n.x'), {
      result: 'broken',
      reason: '"n" is null, so nothing can be looked up in it',
    });
    assert.deepEqual(get('path', 'b'), {
      result: 'broken',
      reason: "the hook's id has no parameter {b}",
    });
    assert.deepEqual(get('request', 'path'), {
      result: 'broken',
      reason: 'a request has no "path", only method and remote-addr',
    });
    assert.deepEqual(get('Payload', 'a'), { result: 'broken', reason: 'there is no source "Payload"' });
    assert.deepEqual(get('', 'a'), { result: 'broken', reason: 'no source is named' });
  });
});
