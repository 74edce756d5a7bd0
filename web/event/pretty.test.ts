import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { pretty } from './pretty.ts';

test('JSON is set as everybody sets it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      assert.equal(pretty(JSON.stringify(value)), JSON.stringify(value, null, 2));
    }),
  );
});

test('its tokens stay as they came', () => {
  assert.equal(
    pretty('{"id":12345678901234567890,"id":1.0}'),
    '{\n  "id": 12345678901234567890,\n  "id": 1.0\n}',
  );
  assert.equal(pretty(' [ "a:{b}," , [ ] ] '), '[\n  "a:{b},",\n  []\n]');
});

test('what is not JSON stays as it came', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      fc.pre(text.trim() !== '{');
      assert.equal(pretty(`${text}}`), `${text}}`);
    }),
  );
});
