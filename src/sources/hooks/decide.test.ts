import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hook, request } from '../../../test/support/hooks/made.ts';
import { answerAfter, type Decision, decide, type Serving } from './decide.ts';
import { type Behaviour, ours, theirs } from './deviations.ts';
import type { Hook } from './hook.ts';
import type { HookRequest } from './request/request.ts';

const serving = (behaviour: Behaviour = ours, methods: readonly string[] = []): Serving => ({
  behaviour,
  headers: [],
  methods,
  multipartMemoryBytes: 1000,
  longestBodyBytes: 10_000,
});

const asked = (made: Hook, given: HookRequest, how: Serving = serving()): Decision =>
  decide(how, [made], made.id, given);
/** The status that is answered at once, or what is to run. */
const outcome = (made: Hook, given: HookRequest, how?: Serving): number | string => {
  const decision = asked(made, given, how);
  return decision.result === 'answered' ? decision.answer.status : decision.command.arguments.join(' ');
};
const shows = (name: string, more: object = {}) =>
  hook({ id: 'a', 'pass-arguments-to-command': [{ source: 'payload', name }], ...more });

describe('what becomes of a request', () => {
  test('an id that nobody has, and one that two have', () => {
    const first = hook({ id: 'a', 'response-message': 'first' });
    const second = hook({ id: 'a', 'response-message': 'second' });
    const decision = decide(serving(), [first, second], 'a', request());
    assert.equal(decision.result === 'run' && decision.hook, first);
    assert.equal(decide(serving(), [first], 'A', request()).result, 'answered');
  });

  test('methods are those of the hook, else those of the server', () => {
    const own = shows('x', { 'http-methods': [' get ', 'Post'] });
    const status = (made: Hook, method: string, methods: readonly string[] = []) =>
      outcome(made, request({ method }), serving(ours, methods));
    assert.deepEqual(
      ['GET', 'POST', 'PUT', 'HEAD', 'get'].map(method => status(own, method, ['PUT'])),
      ['', '', 405, 405, 405],
    );
    assert.equal(status(shows('x'), 'PUT', ['POST']), 405);
    assert.equal(status(shows('x', { 'http-methods': [] }), 'POST', ['post']), '');
    assert.equal(status(shows('x'), 'FOO'), '');
  });

  test('the content type chooses how the body is read', () => {
    const cases: readonly (readonly [type: string | null, body: string, value: string])[] = [
      ['application/json', '{"a":"x"}', 'x'],
      ['application/vnd.x+json; charset=utf-8', '{"a":"x"}', 'x'],
      ['application/JSON', '{"a":"x"}', ''],
      [null, '{"a":"x"}', ''],
      ['text/plain', '{"a":"x"}', ''],
      ['application/x-www-form-urlencoded', 'a=x', 'x'],
      ['application/x-www-form-urlencoded', 'a=x&b=%zz', ''],
      ['application/x-www-form-urlencoded; x=json', 'a=x', ''],
      ['image/svg+xml', '<a>x</a>', 'x'],
      [
        'multipart/form-data; boundary=b',
        '--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--',
        'x',
      ],
      ['multipart/form-data', '--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--', ''],
    ];
    for (const [type, text, value] of cases) {
      const headers =
        type === null ? [] : [['content-type', type] as const, ['Content-Type', 'text/plain'] as const];
      assert.equal(outcome(shows('a'), request({ headers, text })), value, `${type}`);
    }
    const typed = shows('a', { 'incoming-payload-content-type': 'application/json' });
    assert.equal(outcome(typed, request({ headers: [], text: '{"a":"x"}' })), 'x');
  });

  test('a body that cannot be read is absent, and the log says why; only multipart is refused', () => {
    const decision = asked(shows('a'), request({ text: '{"a":' }));
    assert.deepEqual(decision.problems, ['the body is no JSON object or list']);
    assert.equal(decision.result, 'run');
    assert.equal(
      outcome(
        shows('a'),
        request({ headers: [['Content-Type', 'multipart/form-data; boundary=b']], text: 'x' }),
      ),
      500,
    );
    const typed = shows('a', { 'incoming-payload-content-type': 'multipart/form-data; boundary=b' });
    assert.equal(outcome(typed, request({ text: '{}' })), 500);
  });

  test('JSON within values is read where the hook asks for it', () => {
    const made = shows('p.x', {
      'parse-parameters-as-json': [
        { source: 'payload', name: 'p' },
        { source: 'payload', name: 'gone' },
        { source: 'string', name: '{}' },
      ],
    });
    assert.equal(outcome(made, request({ text: '{"p":"{\\"x\\":1} behind"}' })), '1');
    assert.equal(outcome(made, request({ text: '{"p":"[1]"}' })), '');
    assert.equal(asked(made, request({ text: '{"p":"{bad"}' })).problems.length, 3);
    const nulled = shows('p', { 'parse-parameters-as-json': [{ source: 'payload', name: 'p' }] });
    assert.equal(outcome(nulled, request({ text: '{"p":"null"}' })), 'null');
    const header = hook({
      id: 'a',
      'parse-parameters-as-json': [
        { source: 'header', name: 'x-j' },
        { source: 'url', name: 'q' },
      ],
      'pass-arguments-to-command': [
        { source: 'header', name: 'X-J.k' },
        { source: 'query', name: 'q.k' },
      ],
    });
    assert.equal(outcome(header, request({ headers: [['X-J', '{"k":"v"}']], query: 'q={"k":5}' })), 'v 5');
  });

  test('who waits for the command is answered after it', () => {
    const waiting = hook({ id: 'a', 'include-command-output-in-response': true });
    const decision = asked(waiting, request());
    assert.equal(decision.answer, null);
    const after = answerAfter(serving(), waiting, 'POST', { succeeded: true, output: Buffer.from('out') });
    assert.equal(Buffer.from(after.body).toString(), 'out');
    const started = asked(hook({ id: 'a', 'response-message': 'ok' }), request());
    assert.equal(started.answer?.status, 200);
  });

  test('verdicts', () => {
    const rule = (value: string) =>
      hook({
        id: 'a',
        'trigger-rule': { match: { type: 'value', value, parameter: { source: 'payload', name: 'a' } } },
      });
    const verdict = (made: Hook, text = '{"a":"1"}') => asked(made, request({ text })).verdict;
    assert.equal(verdict(rule('1'))?.verdict, 'matched');
    assert.equal(verdict(rule('2'))?.verdict, 'not matched');
    assert.equal(verdict(rule('2'), '{}')?.verdict, 'not matched');
    assert.equal(verdict(hook({ id: 'a', 'trigger-rule': { match: {} } }))?.verdict, 'error');
    assert.equal(verdict(hook({ id: 'a' }))?.reason, 'the hook has no rule: every request runs it');
    assert.equal(verdict(hook({ id: 'a', 'http-methods': ['PUT'] })), null);
  });

  test('D1: a body that broke off runs nothing', () => {
    const cut = request({ text: '{"a":"x"}', complete: false });
    assert.equal(outcome(shows('a'), cut), 400);
    assert.equal(outcome(shows('a'), cut, serving(theirs)), 'x');
  });

  test('D2: a body has a largest size', () => {
    const large = request({ text: `{"a":"x"}${' '.repeat(10_000)}` });
    assert.equal(outcome(shows('a'), large), 413);
    assert.equal(outcome(shows('a'), large, serving(theirs)), 'x');
  });

  test('D3: signatures cover multipart bodies', () => {
    const emptySigned = 'de4f57014d9344962391aa87c54149023018c4c5ec09ffe57b93dda0af2bc606';
    const made = hook({
      id: 'a',
      'trigger-rule': {
        match: {
          type: 'payload-hmac-sha256',
          secret: 'wrong?',
          parameter: { source: 'header', name: 'X-Sig' },
        },
      },
    });
    const multipart = request({
      headers: [
        ['Content-Type', 'multipart/form-data; boundary=b'],
        ['X-Sig', emptySigned],
      ],
      text: '--b--',
    });
    assert.equal(asked(made, multipart).verdict?.verdict, 'error');
    const reason = (behaviour: Behaviour) => asked(made, multipart, serving(behaviour)).verdict?.reason ?? '';
    assert.match(reason(ours), /body of 5 bytes/);
    assert.match(reason(theirs), /body of 0 bytes/);
  });

  test('D5: a dotted name in parse-parameters-as-json works', () => {
    const made = shows('a.b.x', { 'parse-parameters-as-json': [{ source: 'payload', name: 'a.b' }] });
    const nested = request({ text: '{"a":{"b":"{\\"x\\":1}"}}' });
    assert.equal(outcome(made, nested), '1');
    assert.equal(outcome(made, nested, serving(theirs)), 500);
    assert.equal(outcome(made, request({ text: '{"a":{"b":"no"}}' }), serving(theirs)), '');
    const listed = shows('l.0.x', { 'parse-parameters-as-json': [{ source: 'payload', name: 'l.0' }] });
    assert.equal(outcome(listed, request({ text: '{"l":["{\\"x\\":2}"]}' })), '2');
  });

  test('no bytes make it throw', () => {
    const types = fc.constantFrom(
      'application/json',
      'text/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=b',
      '\xff',
    );
    const made = shows('a', {
      'parse-parameters-as-json': [
        { source: 'payload', name: 'a' },
        { source: 'header', name: 'x' },
      ],
      'trigger-rule': {
        or: [
          { match: { type: 'payload-hmac-sha1', secret: 's', parameter: { source: 'header', name: 'x' } } },
          { match: { type: 'regex', regex: '.', parameter: { source: 'raw-request-body' } } },
        ],
      },
    });
    fc.assert(
      fc.property(
        types,
        fc.uint8Array(),
        fc.string({ unit: 'binary' }),
        fc.constantFrom(ours, theirs),
        (type, body, text, behaviour) => {
          const given = request({
            headers: [
              ['Content-Type', type],
              ['X', text],
            ],
            query: text,
            body,
          });
          assert.ok(['answered', 'run'].includes(asked(made, given, serving(behaviour)).result));
        },
      ),
    );
  });
});

describe('the run of a hook', () => {
  const mode = (mode: string, more: object = {}) =>
    asked(hook({ 'response-message': 'thanks', run: { mode }, ...more }), request());

  test('its mode says how a request is answered, more than the older property does', () => {
    const captured = { 'include-command-output-in-response': true };
    const answers = [
      mode('message', captured),
      mode('accepted', captured),
      mode('output'),
      mode('stream'),
    ].map(({ answer }) => answer && `${answer.status} ${Buffer.from(answer.body).toString()}`);
    assert.deepEqual(answers, ['200 thanks', '202 thanks', null, null]);
    assert.equal(asked(hook({ ...captured, run: {} }), request()).answer, null);
  });

  test('its key tells deliveries apart, and what could not be had is noted', () => {
    const made = hook({ run: { 'dedupe-key': { source: 'payload', name: 'id' } } });
    const id = (text: string) => {
      const decision = asked(made, request({ text }));
      assert.equal(decision.result, 'run');
      return [decision.deliveryId, ...decision.problems];
    };
    assert.deepEqual(id('{"id":7}'), ['7']);
    assert.deepEqual(id('{}'), [null, 'dedupe-key: payload "id": is missing']);
  });
});

test('what a stranger sends is not parsed before its signature is known to be right', () => {
  const made = shows('x', {
    'trigger-rule': { match: { type: 'github', secret: 'the secret of the hook' } },
  });
  const forged = {
    ...request(),
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Hub-Signature-256', `sha256=${'0'.repeat(64)}`],
    ],
    body: Buffer.from('no JSON'),
  } as const;
  const decision = asked(made, forged);
  assert.equal(decision.result === 'answered' && decision.answer.status, 401);
  // Had it been parsed, what is wrong with it would be told.
  assert.deepEqual(decision.problems, []);
  const open = asked(shows('x'), forged);
  assert.deepEqual(open.problems, ['the body is no JSON object or list']);
});
