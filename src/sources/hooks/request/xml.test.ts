import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toJson } from '../render.ts';
import { readXml } from './xml.ts';

function json(xml: string): string | null {
  const values = readXml(xml);
  return values === null ? null : toJson(values);
}

describe('XML', () => {
  const cases: readonly (readonly [xml: string, json: string | null])[] = [
    ['<a/>', '{"a":""}'],
    ['<a> text\n</a>', '{"a":"text"}'],
    ['<a b="1">t</a>', '{"a":{"#text":"t","-b":"1"}}'],
    ['<a b="1"/>', '{"a":{"-b":"1"}}'],
    ['<a><b>1</b><b>2</b><c>3</c></a>', '{"a":{"b":["1","2"],"c":"3"}}'],
    ['<a>pre<b>x</b>post</a>', '{"a":{"#text":"pre","b":"x"}}'],
    ['<a><b>x</b>post<b>y</b></a>', '{"a":{"#text":"post","b":["x","y"]}}'],
    ['<a>1<!-- c -->2</a>', '{"a":"2"}'],
    ['<a><![CDATA[<x>&]]></a>', '{"a":"\\u003cx\\u003e\\u0026"}'],
    ['<n:a xmlns:n="urn:x" n:b="1"><n:c>d</n:c></n:a>', '{"a":{"-b":"1","-n":"urn:x","c":"d"}}'],
    ['<a>&lt;&#233;&#x41;</a>', '{"a":"\\u003céA"}'],
    ['<?xml version="1.0"?><!-- c --><!DOCTYPE a><a/>', '{"a":""}'],
    ['<?xml version="1.0" encoding="utf-8"?><a/>', '{"a":""}'],
    ['junk <a/>', '{"a":""}'],
    ['<a/><b>', '{"a":""}'],
    ['<a/> &junk; <', '{"a":""}'],
    ['<__proto__><x>1</x></__proto__>', '{"__proto__":{"x":"1"}}'],
    ['<a b="1" b="2"/>', '{"a":{"-b":"2"}}'],
    ['', null],
    ['text', null],
    ['<a>', null],
    ['<a></b>', null],
    ['<a><b></a>', null],
    ['<a b=c/>', null],
    ['<a b/>', null],
    ['<a>&e;</a>', null],
    ['<!DOCTYPE a [<!ENTITY e "boom">]><a>&e;</a>', null],
    ['<?xml version="1.0" encoding="ISO-8859-1"?><a/>', null],
    ['<a>\u0001</a>', null],
  ];
  for (const [xml, wanted] of cases) test(xml, () => assert.equal(json(xml), wanted));

  test('entities do not multiply', () => {
    const laughs = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>';
    assert.equal(json(laughs), null);
  });

  test('nesting is limited by a number, not by the stack', () => {
    assert.ok(readXml('<a>'.repeat(10_000) + '</a>'.repeat(10_000)) !== null);
    assert.equal(readXml('<a>'.repeat(10_001) + '</a>'.repeat(10_001)), null);
  });

  test('never throws', () => {
    const piece = fc.constantFrom(
      '<a>',
      '</a>',
      '<a',
      '>',
      '/>',
      ' b="1"',
      '&',
      ';',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      'x',
      '<!DOCTYPE',
      '[',
      '"',
      ':',
    );
    fc.assert(fc.property(fc.array(piece), pieces => void readXml(pieces.join(''))));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void readXml(text)));
  });
});
