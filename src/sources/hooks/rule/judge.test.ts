import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hook, readAlready } from '../../../../test/support/hooks/made.ts';
import { type Behaviour, ours } from '../deviations.ts';
import { firstJson } from '../request/json.ts';
import { isMap, noMap } from '../value.ts';
import { judge } from './judge.ts';
import type { Judgement } from './judgement.ts';

interface Case {
  readonly payload?: string;
  readonly signature?: string;
  readonly soft?: boolean;
  readonly behaviour?: Behaviour;
}

function judged(
  rule: object,
  { payload = '{"a":1}', signature, soft = false, behaviour = ours }: Case = {},
): Judgement {
  const { rule: made } = hook({ 'trigger-rule': rule });
  assert.ok(made !== null);
  const value = firstJson(payload);
  const body = Buffer.from(payload);
  return judge(
    { behaviour, softSignatures: soft },
    made,
    readAlready({
      payload: value !== undefined && isMap(value) ? value : noMap,
      headers: new Map(signature === undefined ? [] : [['X-Sig', signature]]),
      body,
      signed: body,
    }),
  );
}

/** `yes` and `no`, or the kind of error that it is answered with. */
function outcome(rule: object, given: Case = {}): string {
  const { holds, failure } = judged(rule, given);
  return failure !== null && failure.kind !== 'missing' ? failure.kind : holds ? 'yes' : 'no';
}

const is = (name: string, value: unknown) => ({
  match: { type: 'value', value, parameter: { source: 'payload', name } },
});
const like = (regex: string) => ({
  match: { type: 'regex', regex, parameter: { source: 'payload', name: 'a' } },
});
const signed = (secret: string, type = 'payload-hmac-sha1') => ({
  match: { type, secret, parameter: { source: 'header', name: 'X-Sig' } },
});
const hex = createHmac('sha1', 's').update('{"a":1}').digest('hex');
const yes = is('a', 1);
const no = is('a', 2);
const missing = is('zz', 1);
const nested = is('a.b', 1);

describe('rules', () => {
  const cases: readonly (readonly [what: string, rule: object, outcome: string, given?: Case])[] = [
    ['an empty object', {}, 'no'],
    ['an empty "and"', { and: [] }, 'yes'],
    ['an empty "or"', { or: [] }, 'no'],
    ['not an empty object', { not: {} }, 'yes'],
    ['"and" of an empty object', { and: [{}] }, 'no'],
    ['several in one object: "and" counts', { and: [yes], or: [no], ...no }, 'yes'],
    ['a null does not count', { and: null, or: [yes] }, 'yes'],
    ['a match without a parameter', { match: { type: 'value', value: '1' } }, 'other'],
    ['a match without a type', { match: { parameter: { source: 'payload', name: 'a' } } }, 'no'],
    [
      'a match of an unknown type',
      { match: { type: 'Value', parameter: { source: 'payload', name: 'a' } } },
      'no',
    ],
    [
      'an unknown type over nothing',
      { match: { type: 'bogus', parameter: { source: 'payload', name: 'zz' } } },
      'no',
    ],
    ['a number as it is written', is('a', '1.0'), 'no'],
    ['a text that is a number', is('a', 1), 'yes', { payload: '{"a":"1"}' }],
    ['null', is('a', '<nil>'), 'yes', { payload: '{"a":null}' }],
    ['true', is('a', true), 'yes', { payload: '{"a":true}' }],
    ['into a null', nested, 'other', { payload: '{"a":null}' }],
    [
      'into a null, before what holds',
      { or: [nested, is('c', 2)] },
      'other',
      { payload: '{"a":null,"c":2}' },
    ],
    ['into an empty map', nested, 'no', { payload: '{"a":{}}' }],
    ['into a number', nested, 'no', { payload: '{"a":5}' }],
    ['not something missing', { not: missing }, 'yes'],
    ['"and" of not something missing', { and: [{ not: missing }] }, 'no'],
    ['"or" of not something missing', { or: [{ not: missing }] }, 'yes'],
    ['not "and" of something missing', { not: { and: [missing] } }, 'yes'],
    ['not "or" of something missing', { not: { or: [missing] } }, 'yes'],
    ['not not something missing', { not: { not: missing } }, 'no'],
    ['not "and" of not something missing', { not: { and: [{ not: missing }] } }, 'yes'],
    ['"and" ends at what does not hold', { and: [no, signed('')] }, 'no', { signature: 'x' }],
    ['"or" ends at what holds', { or: [yes, signed('')] }, 'yes', { signature: 'x' }],
    ['"or" ends at an error', { or: [signed(''), yes] }, 'other', { signature: 'x' }],
    ['a bare signature', signed('s'), 'yes', { signature: hex }],
    ['with its prefix', signed('s'), 'yes', { signature: `sha1=${hex}` }],
    ['an old name', signed('s', 'payload-hash-sha1'), 'yes', { signature: `sha1=${hex}` }],
    ['a prefix in capitals', signed('s'), 'signature', { signature: `SHA1=${hex}` }],
    ['digits in capitals', signed('s'), 'signature', { signature: hex.toUpperCase() }],
    ['the prefix of another hash', signed('s'), 'signature', { signature: `sha256=${hex}` }],
    ['one of several', signed('s'), 'yes', { signature: `sha256=q,sha1=${hex},` }],
    ['one of several, behind a blank', signed('s'), 'signature', { signature: `sha1=zz, sha1=${hex}` }],
    ['several without prefixes', signed('s'), 'signature', { signature: `bad,${hex}` }],
    ['an empty signature', signed('s'), 'signature', { signature: '' }],
    ['no signature', signed('s'), 'no'],
    ['an empty secret', signed(''), 'other', { signature: 'x' }],
    ['two secrets', { or: [signed('t'), signed('s')] }, 'signature', { signature: hex }],
    ['two secrets, soft', { or: [signed('t'), signed('s')] }, 'yes', { signature: hex, soft: true }],
    ['only wrong ones, soft', { or: [signed('t'), signed('u')] }, 'no', { signature: hex, soft: true }],
    ['soft only within "or"', { and: [signed('t')] }, 'signature', { signature: hex, soft: true }],
    ['soft through "and"', { or: [{ and: [signed('t')] }, yes] }, 'yes', { signature: hex, soft: true }],
    ['an empty secret is not soft', { or: [signed(''), yes] }, 'other', { signature: hex, soft: true }],
    ['not a wrong one', { not: signed('t') }, 'signature', { signature: hex }],
    ['not a right one', { not: signed('s') }, 'no', { signature: hex }],
    ['"or" of not a wrong one, soft', { or: [{ not: signed('t') }] }, 'yes', { signature: hex, soft: true }],
    ['not "or" of a wrong one, soft', { not: { or: [signed('t')] } }, 'yes', { signature: hex, soft: true }],
    ['a pattern is found anywhere', like('b'), 'yes', { payload: '{"a":"abc"}' }],
    ['flags', like('(?i)MAIN'), 'yes', { payload: '{"a":"xmainx"}' }],
    ['an empty pattern', like(''), 'yes'],
    ['the end is the end', like('^v\\d+$'), 'no', { payload: '{"a":"v1\\n"}' }],
    ['a point is no line end', like('^a.b$'), 'no', { payload: '{"a":"a\\nb"}' }],
    ['words are ASCII', like('^\\w+$'), 'no', { payload: '{"a":"é"}' }],
    ['names and classes', like('^(?P<x>a)\\pL\\z'), 'yes', { payload: '{"a":"aé"}' }],
    ['look-ahead', like('(?=a)'), 'other'],
    ['look-behind', like('(?<=a)'), 'other'],
    ['a back reference', like('(a)\\1'), 'other'],
    [
      'a broken pattern over nothing',
      { match: { type: 'regex', regex: '[', parameter: { source: 'payload', name: 'zz' } } },
      'no',
    ],
    ['an address', { match: { type: 'ip-whitelist', 'ip-range': '10.0.0.0/8 127.0.0.0/8' } }, 'yes'],
    ['another address', { match: { type: 'ip-whitelist', 'ip-range': '10.0.0.0/8' } }, 'no'],
    [
      'a malformed range that is reached',
      { match: { type: 'ip-whitelist', 'ip-range': 'bad 127.0.0.1' } },
      'other',
    ],
    [
      'a malformed range that is not',
      { match: { type: 'ip-whitelist', 'ip-range': '127.0.0.1 bad' } },
      'yes',
    ],
    ['no ranges', { match: { type: 'ip-whitelist', 'ip-range': ' ' } }, 'no'],
  ];
  for (const [what, rule, wanted, given] of cases)
    test(`${what}: ${wanted}`, () => assert.equal(outcome(rule, given), wanted));

  test('D14: "not" over something missing does not hold where that is asked for', () => {
    const behaviour: Behaviour = new Set([...ours, 'refuseMissingInNot']);
    assert.equal(outcome({ not: missing }, { behaviour }), 'no');
    assert.equal(outcome({ not: no }, { behaviour }), 'yes');
  });
});

test('D2: a text that is too long for a pattern is an error', () => {
  const given = { payload: `{"a":"${'x'.repeat(1_000_000)}"}` };
  assert.equal(outcome(like('[a-z]{1,100}[0-9]'), given), 'other');
  assert.equal(outcome(like('^x'), given), 'yes');
});

describe('several secrets or values', () => {
  const text = (rule: object, given: Case = {}) => judged(rule, given).explanation.text;
  const keyed = (...secret: readonly string[]) => ({
    match: { type: 'payload-hmac-sha1', secret, parameter: { source: 'header', name: 'X-Sig' } },
  });

  test('any secret will do, and its place is told', () => {
    const given = { signature: hex };
    assert.equal(
      text(keyed('t', 's'), given),
      'header "X-Sig" is the HMAC-SHA1 of the body with secret 2 of 2',
    );
    assert.match(
      text(keyed('t', 'u'), given),
      /^header "X-Sig" is not the HMAC-SHA1 of the body of 7 bytes with any of 2 secrets: received ….{4}, computed ….{4}, ….{4}$/,
    );
    assert.equal(outcome(keyed('t', 'u'), given), 'signature');
  });

  test('so will any value', () => {
    assert.equal(text(is('a', [2, 1])), 'payload "a" "1" is value 2 of 2');
    assert.equal(text(is('a', [2, 3])), 'payload "a" "1" is none of 2 values');
  });

  test('a value that does not stand in the file is not shown, nor what is compared with it', () => {
    const hidden = (value: string) => is('a', ['zzz', '${env:TOKEN}', value]);
    for (const value of ['hush', 'other']) {
      const judgement = judged(hidden(value), { payload: '{"a":"hush"}' });
      assert.equal(judgement.holds, value === 'hush');
      assert.doesNotMatch(JSON.stringify(judgement), /hush|TOKEN/);
    }
  });

  test('nor do other matches of the rule tell it', () => {
    const others = [like('^hu'), { not: is('a', 'hush') }, is('b', 'shown')];
    const judgement = judged(
      { and: [...others, is('a', '${env:TOKEN}')] },
      { payload: '{"a":"hush","b":"x"}' },
    );
    assert.doesNotMatch(JSON.stringify(judgement), /hush|\^hu/);
    assert.match(
      text({ and: [is('b', 'x'), is('a', '${env:TOKEN}')] }, { payload: '{"b":"seen"}' }),
      /"seen"/,
    );
  });
});

describe('explanations', () => {
  test('show the value that was looked at, and what was not', () => {
    const { explanation } = judged({ and: [no, missing, { or: [yes] }] });
    assert.equal(explanation.text, 'payload "a" is "1", not "2"');
    assert.deepEqual(
      explanation.parts.map(({ holds, text, seen }) => [holds, text, seen]),
      [
        [false, 'payload "a" is "1", not "2"', '1'],
        [null, 'not looked at: value of payload "zz"', null],
        [null, 'not looked at: one of 1 rules', null],
      ],
    );
  });

  test('no secret is in them', () => {
    const token = {
      match: { type: 'value', value: 'hush', parameter: { source: 'payload', name: 'token' } },
    };
    const pattern = {
      match: { type: 'regex', regex: '^hush$', parameter: { source: 'payload', name: 'token' } },
    };
    const headers = { match: { type: 'regex', regex: '.', parameter: { source: 'entire-headers' } } };
    const rule = {
      or: [token, pattern, signed('hush'), { not: signed('hush') }, { and: [token, pattern] }, headers],
    };
    const right = createHmac('sha1', 'hush').update('{"token":"hush!"}').digest('hex');
    for (const signature of [right, 'wrong', undefined]) {
      const given = {
        payload: '{"token":"hush!"}',
        soft: true,
        ...(signature === undefined ? {} : { signature }),
      };
      const text = JSON.stringify(judged(rule, given));
      assert.doesNotMatch(text, /hush/);
      assert.doesNotMatch(text, new RegExp(right));
    }
  });

  test('what is missing is said to hold under "not"', () => {
    assert.equal(judged({ not: missing }).explanation.text, 'not: payload "zz" is missing, which holds');
  });

  test('have the shape of the rule, and agree with the answer', () => {
    const leaf = fc.constantFrom<object>(
      yes,
      no,
      missing,
      nested,
      signed('s'),
      signed('t'),
      signed(''),
      like('['),
      {},
    );
    const { rule } = fc.letrec<{ rule: object }>(tie => ({
      rule: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('rule'), { maxLength: 3 }).map(and => ({ and })),
        fc.array(tie('rule'), { maxLength: 3 }).map(or => ({ or })),
        tie('rule').map(not => ({ not })),
      ),
    }));
    fc.assert(
      fc.property(
        rule,
        fc.boolean(),
        fc.constantFrom('{"a":1}', '{"a":null}', '{}'),
        (rule, soft, payload) => {
          const { holds, failure, explanation } = judged(rule, { soft, payload, signature: hex });
          assert.equal(explanation.error, failure !== null && failure.kind !== 'missing');
          assert.equal(explanation.holds, explanation.error ? false : holds);
          const count =
            'and' in rule && Array.isArray(rule.and)
              ? rule.and.length
              : 'or' in rule && Array.isArray(rule.or)
                ? rule.or.length
                : 'not' in rule
                  ? 1
                  : 0;
          assert.equal(explanation.parts.length, count);
        },
      ),
    );
  });
});
