import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Behaviour, ours, theirs } from '../deviations.ts';
import { type HooksRead, readHooks } from './read-hooks.ts';

const read = (text: string | Uint8Array, behaviour: Behaviour = ours): HooksRead =>
  readHooks(
    { behaviour, template: null, references: null },
    typeof text === 'string' ? Buffer.from(text) : text,
  );

/** The ids of the hooks, or where and why there are none. */
function ids(text: string | Uint8Array, behaviour: Behaviour = ours): readonly string[] | string {
  const done = read(text, behaviour);
  return done.result === 'read'
    ? done.file.hooks.map(({ id }) => id)
    : `${done.place.line}:${done.place.column} ${done.message}`;
}

describe('hooks files', () => {
  test('everything has a default, and a place', () => {
    const done = read('[\n  {"id": "a",\n   "trigger-rule": {"and": [{"match": {"type": "value"}}]}}\n]');
    assert.equal(done.result, 'read');
    assert.deepEqual(done.file.hooks, [
      {
        id: 'a',
        pattern: null,
        executeCommand: '',
        workingDirectory: '',
        responseMessage: '',
        responseHeaders: [],
        successStatus: 0,
        mismatchStatus: 0,
        contentType: '',
        methods: [],
        captureOutput: false,
        captureOutputOnError: false,
        softSignatures: false,
        jsonParameters: [],
        arguments: [],
        environment: [],
        files: [],
        stdin: null,
        run: null,
        rule: {
          kind: 'and',
          of: [
            {
              kind: 'match',
              match: {
                type: 'value',
                regex: '',
                secrets: [''],
                values: [''],
                hidden: false,
                parameter: { source: '', name: '', envname: '', base64decode: false },
                ipRange: '',
                trustedProxies: [],
              },
            },
          ],
        },
      },
    ]);
    assert.deepEqual(done.file.place([0, 'trigger-rule', 'and', 0, 'match', 'type']), {
      line: 3,
      column: 48,
    });
    assert.deepEqual(done.file.place([0, 'trigger-rule', 'nothing', 'here']), { line: 3, column: 20 });
  });

  const good: readonly (readonly [text: string, ids: readonly string[]])[] = [
    ['', []],
    ['null', []],
    ['[]', []],
    ['# only a comment', []],
    ['[{"id":"a"},{"id":"a"},null]', ['a', 'a', '']],
    ['\ufeff[{"id":"a",},] ', ['a']],
    ["# c\n[\n\t{'id': 'a'}]", ['a']],
    ['[{"ID":"A","id":"a"}]', ['a']],
    ['[{"id":"a","id":"b"}]', ['b']],
    ['- id: 0x10\n- id: yes\n- id: ~\n- id: |\n    two\n    lines', ['16', 'true', '', 'two\nlines']],
    ['[{"id":"it\\\'s \\x41 \\\\\'"}]', ["it's A \\'"]],
    ['[{"id":"a"}]\n---\n[{"id":"b"}]', ['a']],
    ['[{"id":"a"}] junk', ['a']],
    ['- &x {id: a}\n- *x\n- {<<: *x, response-message: m}\n- {<<: [*x, {id: b}]}', ['a', 'a', 'a', 'a']],
    ['- &x {id: 1}\n- &x {id: 2}\n- *x', ['1', '2', '2']],
    ['[{"id": !!str 12}, {id: !!binary aGVsbG8=}, {id: !other x}]', ['12', 'hello', 'x']],
    ['{"id":"a","execute-command":"x"}', ['a']],
    ['[{"id":"\\/\\ud83d\\ude00\\ud800"}]', ['/😀\ufffd']],
  ];
  for (const [text, wanted] of good)
    test(`${JSON.stringify(text)} is read`, () => assert.deepEqual(ids(text), wanted));

  const bad: readonly (readonly [text: string, why: RegExp])[] = [
    ['"text"', /^1:1 a hooks file is a list of hooks/],
    ['[\n  "text"]', /^2:3 an object .* belongs here, not a text/],
    ['[{"id":["a"]}]', /^1:8 "id" takes a text, not a list/],
    ['[{"http-methods":"GET"}]', /^1:18 "http-methods" takes a list, not a text/],
    ['[{"http-methods":[{}]}]', /^1:19 a method is a text/],
    ['[{"response-headers":{"a":"b"}}]', /takes a list, not an object/],
    ['[{"success-http-response-code":"201"}]', /takes a whole number, without quotes, not a text/],
    ['[{"success-http-response-code":201.5}]', /takes a whole number/],
    ['[{"include-command-output-in-response":"true"}]', /takes true or false, without quotes, not a text/],
    ['[{"include-command-output-in-response":1}]', /takes true or false, without quotes, not a number/],
    ['[{"trigger-rule":[]}]', /^1:18 an object .* not a list/],
    ['[{"trigger-rule":{"and":[],"or":5}}]', /"or" takes a list, not a number/],
    ['[{"id":"a",\n// c\n"execute-command":"b"}]', /^2:\d+ a comment begins with "#"/],
    ['[{"id":"a\\qb"}]', /^1:10 \\q is no escape/],
    ['[{"id":"it\\\'s"},{"id":"\\q"}]', /^1:24 /],
    ['[{"id":"a"}', /^1:12 cannot be read as JSON or YAML: /],
    ['[{"id":"a"}}', /cannot be read/],
    ['- id: a\n\tb: c', /^2:2 a tab cannot indent/],
    ['[{"id":"a",x\ny: 1}]', /^1:12 a key stands on one line: is a comma/],
    ['[{"id":"a","x\ny": 1}]', /^1:12 a key stands on one line/],
    ['- id: a\n  trigger-rule: {\n"and": [],\n"or": 5}', /^4:7 "or" takes a list/],
    ['- id: a\n  trigger-rule: {\n"and": []', /^3:\d+ what stands between brackets|^\d/],
    ['- {id: a}\n junk', /cannot be read/],
    ['- {id: a}\njunk\n- {id: b}', /cannot be read/],
    ['- *x', /^1:3 there is no anchor "x"/],
    ['- &a [*a]', /nested too deeply/],
    ['- {[a]: b}', /^1:4 a key is a text/],
    ['- {~: b}', /a key is a text/],
    ['- {<<: 5}', /"<<" takes a map/],
    ['['.repeat(200), /^1:/],
    ['['.repeat(50_000), /nested too deeply/],
    [
      `- &a [1,1,1,1,1,1,1,1,1,1]\n${Array.from({ length: 9 }, (_, n) => `- &${'bcdefghij'[n]} [${Array.from({ length: 10 }, () => `*${'abcdefghi'[n]}`).join(',')}]`).join('\n')}`,
      /more than 200000 values/,
    ],
  ];
  for (const [text, why] of bad)
    test(`${JSON.stringify(text.slice(0, 60))} is refused`, () => assert.match(String(ids(text)), why));

  test('what is no text, or too long', () => {
    assert.match(String(ids(Uint8Array.of(0x5b, 0xff, 0x5d))), /not in UTF-8/);
    assert.match(String(ids(Buffer.alloc(10_000_001, 0x20))), /longer than 10 MB/);
  });

  test('unknown properties are told with their place', () => {
    const done = read('[{"id":"a","nonsense":1,\n"trigger-rule":{"match":{"tipe":2}}}]');
    assert.equal(done.result, 'read');
    assert.deepEqual(
      done.file.unknown.map(({ path, place }) => [path, place]),
      [
        [[0, 'nonsense'], { line: 1, column: 12 }],
        [[0, 'trigger-rule', 'match', 'tipe'], { line: 2, column: 26 }],
      ],
    );
  });

  test('D6: one object is one hook', () => {
    assert.deepEqual(ids('{"id":"a"}'), ['a']);
    assert.match(String(ids('{"id":"a"}', theirs)), /a hooks file is a list/);
  });

  test('D7: the escapes of JSON are read', () => {
    for (const escape of ['\\/', '\\ud83d\\ude00']) {
      assert.equal(typeof ids(`[{"id":"a${escape}"}]`), 'object');
      assert.match(String(ids(`[{"id":"a${escape}"}]`, theirs)), /^1:10 the escape .* is not known/);
    }
    assert.deepEqual(ids('[{"id":"\\\\/"}]', theirs), ['\\/']);
  });

  test('D15: the same id twice is refused where that is asked for', () => {
    const asked: Behaviour = new Set([...ours, 'refuseSameId']);
    assert.match(
      String(ids('[{"id":"a"},\n{"id":"a"}]', asked)),
      /^2:1 a hook with the id "a" is above already/,
    );
  });

  test('no bytes make it throw', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      ':',
      ',',
      '- ',
      '\n',
      '  ',
      '\t',
      '#',
      '&a ',
      '*a',
      '<<: ',
      '!!str ',
      '|',
      '\\',
      'id',
      '"id":"a"',
      'trigger-rule',
      '---',
      '~',
      '1',
      '\ufeff',
      '%',
      '@',
      '? ',
    );
    const text = fc.array(piece).map(pieces => Buffer.from(pieces.join('')));
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array()), fc.constantFrom(ours, theirs), (bytes, behaviour) => {
        const done = read(bytes, behaviour);
        if (done.result === 'refused')
          assert.ok(done.place.line >= 1 && done.place.column >= 1 && done.message !== '');
      }),
      { numRuns: 500 },
    );
  });
});
