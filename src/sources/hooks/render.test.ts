import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareBytes, render, toJson } from './render.ts';
import { firstJson } from './request/json.ts';
import { noMap, type Value } from './value.ts';

const value = (json: string): Value => firstJson(json) ?? null;

describe('values as text', () => {
  test('scalars are bare, lists and maps are JSON', () => {
    const cases: readonly (readonly [json: string, text: string])[] = [
      ['"a\\"b"', 'a"b'],
      ['1.50', '1.50'],
      ['true', 'true'],
      ['null', '<nil>'],
      ['[null,"x",[]]', '[null,"x",[]]'],
      ['{"z":1,"a":{"c":[],"b":{}}}', '{"a":{"b":{},"c":[]},"z":1}'],
    ];
    for (const [json, text] of cases) assert.equal(render(value(json)), text);
  });

  test('what stands for a missing map is null', () => {
    assert.equal(render(noMap), 'null');
    assert.equal(render(new Map()), '{}');
    assert.equal(toJson(new Map([['a', noMap]])), '{"a":null}');
  });

  test('keys are sorted by their bytes', () => {
    assert.equal(toJson(value('{"😀":1,"\uffff":2,"é":3,"z":4}')), '{"z":4,"é":3,"\uffff":2,"😀":1}');
    assert.ok(compareBytes('\uffff', '😀') < 0);
  });

  test('what HTML could read is escaped, and controls as Go writes them', () => {
    assert.equal(toJson('<&>\u2028\u2029'), '"\\u003c\\u0026\\u003e\\u2028\\u2029"');
    assert.equal(toJson('\b\f\n\r\t\u0001\u007f"\\b'), '"\\u0008\\u000c\\n\\r\\t\\u0001\u007f\\"\\\\b"');
    assert.equal(toJson('\udcff\ufffd'), '"\\ufffd\ufffd"');
  });
});
