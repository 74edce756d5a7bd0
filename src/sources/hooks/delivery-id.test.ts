import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hook, readAlready } from '../../../test/support/hooks/made.ts';
import { deliveryIdOf } from './delivery-id.ts';
import { decodeBytes } from './request/utf8.ts';

const keyed = hook({ run: { 'dedupe-key': { source: 'header', name: 'x-delivery' } } });
const sent = (value: string | undefined) =>
  deliveryIdOf(keyed, readAlready({ headers: new Map(value === undefined ? [] : [['X-Delivery', value]]) }));

test('the value of its key makes a request the same delivery as another', () => {
  assert.deepEqual(sent('abc'), { id: 'abc', problems: [] });
  assert.deepEqual(deliveryIdOf(hook({ run: {} }), readAlready()), { id: null, problems: [] });
  assert.deepEqual(deliveryIdOf(hook(), readAlready()), { id: null, problems: [] });
});

test('a request without a key is like no other', () => {
  assert.deepEqual(sent(undefined), {
    id: null,
    problems: ['dedupe-key: header "x-delivery": is missing'],
  });
  assert.deepEqual(sent(''), { id: null, problems: ['dedupe-key: header "x-delivery": is empty'] });
});

test('what is too long to be stored, or no plain text, is stored as its hash', () => {
  const odd = ['a'.repeat(1000), 'a'.repeat(1001), 'a\0b', decodeBytes(Uint8Array.of(0xff))];
  const ids = odd.map(text => sent(text).id ?? '');
  for (const id of ids) assert.match(id, /^sha256:[0-9a-f]{64}$/);
  assert.equal(new Set(ids).size, odd.length);
});
