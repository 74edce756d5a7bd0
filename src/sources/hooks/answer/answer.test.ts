import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hook } from '../../../../test/support/hooks/made.ts';
import { type Behaviour, ours, theirs } from '../deviations.ts';
import { type Answer, answerTo } from './answer.ts';
import type { Outcome } from './outcome.ts';

const headers = [
  { name: 'x-g', value: 'global' },
  { name: 'X-G2', value: 'g2' },
];
const answer = (outcome: Outcome, method = 'GET', behaviour: Behaviour = theirs): Answer =>
  answerTo({ behaviour, headers }, method, outcome);
const lines = ({ headers, aboutBody }: Answer) =>
  [...headers, ...aboutBody].map(([name, value]) => `${name}: ${value}`);
const text = ({ body }: Answer) => Buffer.from(body).toString();
const output = (bytes: string, properties: object = {}): Outcome => ({
  kind: 'succeeded',
  hook: hook({ 'include-command-output-in-response': true, ...properties }),
  output: Buffer.from(bytes),
});

describe('answers', () => {
  const cases: readonly (readonly [
    outcome: Outcome,
    status: number,
    body: string,
    withServerHeaders: boolean,
  ])[] = [
    [{ kind: 'root' }, 200, 'OK', true],
    [{ kind: 'server options' }, 200, '', false],
    [{ kind: 'no page' }, 404, '404 page not found\n', false],
    [{ kind: 'no hook' }, 404, 'Hook not found.', false],
    [{ kind: 'method not allowed' }, 405, '', false],
    [{ kind: 'cut body' }, 400, 'The body of the request broke off.', false],
    [{ kind: 'large body' }, 413, 'The body of the request is too large.', false],
    [{ kind: 'broken multipart' }, 500, 'Error occurred while parsing multipart form.', true],
    [{ kind: 'crash' }, 500, '', false],
    [{ kind: 'rule error', failure: 'other' }, 500, 'Error occurred while evaluating hook rules.', true],
    [{ kind: 'not satisfied', hook: hook() }, 200, 'Hook rules were not satisfied.', true],
    [{ kind: 'started', hook: hook({ 'response-message': 'm' }) }, 200, 'm', true],
    [output('out'), 200, 'out', true],
    [
      { kind: 'failed', hook: hook(), output: Buffer.from('out') },
      500,
      "Error occurred while executing the hook's command. Please check your logs for more details.",
      true,
    ],
    [
      {
        kind: 'failed',
        hook: hook({ 'include-command-output-in-response-on-error': true }),
        output: Buffer.from('out'),
      },
      500,
      'out',
      true,
    ],
  ];
  for (const [outcome, status, body, withServerHeaders] of cases)
    test(`${outcome.kind}: ${status} ${body.trim()}`, () => {
      const given = answer(outcome);
      assert.equal(given.status, status);
      assert.equal(text(given), body);
      assert.equal(lines(given).includes('X-G: global'), withServerHeaders);
    });

  test('a moved page says where it is', () => {
    assert.deepEqual(lines(answer({ kind: 'moved', location: '/hooks/a' })), [
      'Location: /hooks/a',
      'Content-Length: 0',
    ]);
  });

  test("a hook's headers win, sorted, only when its rule is satisfied", () => {
    const mine = hook({
      'response-headers': [
        { name: 'X-H', value: 'h' },
        { name: 'x-g', value: 'a\r\nb' },
        { name: 'x-g', value: ' last ' },
        { name: 'not one', value: 'x' },
        { name: 'Content-Length', value: '99' },
      ],
    });
    assert.deepEqual(lines(answer({ kind: 'started', hook: mine })), [
      'X-G: last',
      'X-G2: g2',
      'X-H: h',
      'Content-Length: 0',
    ]);
    assert.deepEqual(lines(answer({ kind: 'not satisfied', hook: mine })), [
      'X-G: global',
      'X-G2: g2',
      'Content-Length: 30',
      'Content-Type: text/plain; charset=utf-8',
    ]);
  });

  test('a named content type is not guessed', () => {
    const named = output('{}', { 'response-headers': [{ name: 'content-type', value: 'application/json' }] });
    assert.deepEqual(lines(answer(named)).slice(0, 1), ['Content-Type: application/json']);
    assert.equal(lines(answer(named)).length, 4);
    const encoded = output('x', { 'response-headers': [{ name: 'Content-Encoding', value: 'gzip' }] });
    assert.ok(!lines(answer(encoded)).some(line => line.startsWith('Content-Type')));
  });

  test('codes without a name are 200, and 1xx goes before it', () => {
    const status = (code: number) => {
      const { status, informational } = answer(output('c', { 'success-http-response-code': code }));
      return [informational, status];
    };
    assert.deepEqual([201, 418, 500, 999, 299, 306, -5, 0, 102, 101].map(status), [
      [null, 201],
      [null, 418],
      [null, 500],
      [null, 200],
      [null, 200],
      [null, 200],
      [null, 200],
      [null, 200],
      [102, 200],
      [101, 200],
    ]);
  });

  test('204 and 304 have no body', () => {
    for (const code of [204, 304]) {
      const given = answer(
        output('c', {
          'success-http-response-code': code,
          'response-headers': [{ name: 'Content-Type', value: 'text/css' }],
        }),
      );
      assert.equal(given.body.byteLength, 0);
      assert.deepEqual(lines(given), [
        ...(code === 204 ? ['Content-Type: text/css'] : []),
        'X-G: global',
        'X-G2: g2',
      ]);
    }
  });

  test('bodies up to 2048 bytes have a length', () => {
    const length = (bytes: number, method = 'GET') =>
      lines(answer(output('x'.repeat(bytes)), method)).find(line => line.startsWith('Content-Length'));
    assert.equal(length(2048), 'Content-Length: 2048');
    assert.equal(length(2049), undefined);
    assert.equal(length(0), 'Content-Length: 0');
    assert.equal(length(0, 'HEAD'), undefined);
    assert.equal(length(5, 'HEAD'), 'Content-Length: 5');
  });

  test('D11: output cannot act in the name of who looks at it', () => {
    const inert = ["Content-Security-Policy: default-src 'none'; sandbox", 'X-Content-Type-Options: nosniff'];
    const added = (outcome: Outcome) =>
      lines(answer(outcome, 'GET', ours)).filter(line => inert.includes(line));
    assert.deepEqual(added(output('<html>')), inert);
    assert.deepEqual(added({ kind: 'started', hook: hook({ 'response-message': '<html>' }) }), []);
    assert.deepEqual(
      added(output('<html>', { 'response-headers': [{ name: 'Content-Security-Policy', value: 'mine' }] })),
      inert.slice(1),
    );
  });

  test('D13: a wrong signature is 401 where that is asked for', () => {
    const status = (failure: 'signature' | 'other', behaviour: Behaviour) =>
      answer({ kind: 'rule error', failure }, 'POST', behaviour).status;
    const asked: Behaviour = new Set([...ours, 'signatureStatus']);
    assert.deepEqual(
      [status('signature', ours), status('signature', asked), status('other', asked)],
      [500, 401, 500],
    );
  });
});
