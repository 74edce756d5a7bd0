import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { follow } from './reference.ts';
import { render } from './render.ts';
import { firstJson } from './request/json.ts';
import { isMap } from './value.ts';

/** What a reference leads to, as text; else why it leads nowhere. */
function found(json: string, reference: string): string {
  const values = firstJson(json);
  assert.ok(values !== undefined && isMap(values));
  const way = follow(values, reference);
  return way.result === 'value' ? render(way.value) : way.result;
}

describe('references', () => {
  const cases: readonly (readonly [json: string, reference: string, found: string])[] = [
    ['{"a":{"b":{"c":"deep"}},"a.b":"raw"}', 'a.b', 'raw'],
    ['{"a":{"b":{"c":"deep"}},"a.b":"raw"}', 'a.b.c', 'deep'],
    ['{"a":{"b.c":"v"}}', 'a.b.c', 'v'],
    ['{"a.b":{"c":"v"}}', 'a.b.c', 'missing'],
    ['{"a":["e0","e1"]}', 'a.0', 'e0'],
    ['{"a":["e0","e1"]}', 'a.01', 'e1'],
    ['{"a":["e0","e1"]}', 'a.00', 'e0'],
    ['{"a":["e0","e1"]}', 'a.-1', 'missing'],
    ['{"a":["e0","e1"]}', 'a.+1', 'missing'],
    ['{"a":["e0","e1"]}', 'a.1e0', 'missing'],
    ['{"a":["e0","e1"]}', 'a. 1', 'missing'],
    ['{"a":["e0","e1"]}', 'a.2', 'missing'],
    ['{"a":["e0","e1"]}', 'a.', 'missing'],
    ['{"a":["e0"]}', 'a.99999999999999999999', 'missing'],
    ['{"a":[[1,{"b":2}]]}', 'a.0.1.b', '2'],
    ['{"a":[{"0":"key"}]}', 'a.0.0', 'key'],
    ['{"":"k"}', '', 'k'],
    ['{"a":{"":{"b":"d"}}}', 'a.', '{"b":"d"}'],
    ['{"a":{"":{"b":"d"}}}', 'a..b', 'd'],
    ['{"":{"a":"lead"}}', '.a', 'lead'],
    ['{"s":"str"}', 's.0', 'missing'],
    ['{"s":"str"}', 's.length', 'missing'],
    ['{"arr":["A"]}', 'arr.length', 'missing'],
    ['{}', 'toString', 'missing'],
    ['{"__proto__":{"x":1}}', '__proto__.x', '1'],
    ['{"a":null}', 'a', '<nil>'],
    ['{"a":null}', 'a.b', 'null'],
    ['{"a":[null]}', 'a.0.b', 'null'],
    ['{"a":5}', 'a.b', 'missing'],
  ];
  for (const [json, reference, wanted] of cases)
    test(`${reference} in ${json}`, () => assert.equal(found(json, reference), wanted));

  test('says where the null stands', () => {
    assert.deepEqual(follow(new Map([['a', new Map([['b', null]])]]), 'a.b.c.d'), {
      result: 'null',
      at: 'a.b',
    });
  });
});
