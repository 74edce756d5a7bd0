import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readStart } from './body.ts';

const read = (text: string) => readStart(Buffer.from(text));
const start = (changes: object) => ({ executor: '', script: '', variables: [], args: [], ...changes });

test('reads what GORT reads', () => {
  const both = start({ executor: 'sh', script: 'a.sh' });
  const cases: Readonly<Record<string, object>> = {
    '{"executor":"sh","script":"a.sh"}': both,
    ' \r\n\t{"executor":"sh","script":"a.sh"} and more': both,
    '{"EXECUTOR":"sh","Script":"a.sh","other":[{}]}': both,
    '{"\u017fcript":"a.sh","executor":"sh"}': both,
    '{"executor":"no","script":"a.sh","executor":"sh"}': both,
    '{"executor":"no","EXECUTOR":"no","script":"a.sh","executor":"sh"}': both,
    '{"executor":"sh","script":"a.sh","executor":null}': both,
    '{"executor":"sh","script":"a.sh","env_vars":null,"args":null}': both,
    '{"exec\\u0075tor":"sh","script":"a.sh","a\\"}":"{[:,"}': both,
    '{"args":["a",null,""],"env_vars":["A=b"]}': start({ args: ['a', '', ''], variables: ['A=b'] }),
    '{"__proto__":{"executor":"sh"}}': start({}),
    '{"executor":null}': start({}),
    '{"executor":"\\ud800"}': start({ executor: '\ufffd' }),
    '{}': start({}),
    null: start({}),
    'null]': start({}),
  };
  for (const [text, expected] of Object.entries(cases)) assert.deepEqual(read(text), expected, text);
  assert.deepEqual(readStart(Buffer.from('{"executor":"\xff"}', 'latin1')), start({ executor: '\ufffd' }));
});

test('refuses what GORT refuses', () => {
  const deep = '['.repeat(10_001) + ']'.repeat(10_001);
  for (const text of [
    '',
    ' ',
    '[]',
    '"x"',
    '7',
    'true',
    '{',
    '{"executor":"sh"',
    '{"executor" "sh"}',
    '{"executor":"sh",}',
    "{'executor':'sh'}",
    '{"executor":7}',
    '{"script":["a"]}',
    '{"env_vars":{}}',
    '{"env_vars":"A=b"}',
    '{"args":[1]}',
    '\ufeff{}',
    `{"a":${deep}}`,
    '{"executor":"\n"}',
  ])
    assert.equal(read(text), null, text.slice(0, 40));
});

test('never throws, and agrees with JSON', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    'null',
    '"executor"',
    '"args"',
    '"a"',
    ' ',
  );
  fc.assert(fc.property(fc.array(piece), pieces => void read(pieces.join(''))));
  fc.assert(fc.property(fc.uint8Array(), body => void readStart(body)));
  const object = fc.record({
    executor: fc.string({ unit: 'binary' }),
    script: fc.string(),
    args: fc.array(fc.string({ unit: 'binary' })),
    env_vars: fc.array(fc.string()),
    other: fc.jsonValue(),
  });
  fc.assert(
    fc.property(object, fc.string(), (value, rest) => {
      const { executor, script, args, env_vars: variables } = value;
      const whole = (text: string) => text.toWellFormed();
      assert.deepEqual(read(JSON.stringify(value) + rest), {
        executor: whole(executor),
        script,
        args: args.map(whole),
        variables,
      });
    }),
  );
});

test('a body as long as may be is read in one go', () => {
  const long = `{"args":[${'"\\\\",'.repeat(170_000)}""]}`;
  assert.equal(read(long)?.args.length, 170_001);
});
