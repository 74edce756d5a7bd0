import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import * as fc from 'fast-check';
import { sourceSuite } from '../../contracts/source.suite.ts';
import type { Call } from '../../domain/call.ts';
import type { Delivery } from '../../domain/delivery.ts';
import { deliveryId } from '../../domain/id.ts';
import type { ScriptsSettings } from './settings.ts';
import { createScriptsSource } from './source.ts';
import { readVariables } from './variables.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-scripts-'));
writeFileSync(join(folder, 'a.sh'), 'echo hello\n');
writeFileSync(join(folder, 'with spaces.sh'), '');
after(() => rmSync(folder, { recursive: true }));

const token = 'the-token-of-the-callers';
const settings: ScriptsSettings = {
  folder,
  writtenFolder: './dist',
  mount: '/v1',
  interpreters: ['sh', 'node'],
  interpreterPaths: true,
  tokens: ['another-token', token],
  rateLimit: null,
  cwd: null,
};
const path = process.env['PATH'] ?? '';

function delivery(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Delivery {
  return {
    id: deliveryId('01k00000000000000000000001'),
    source: 'scripts',
    receivedAt: 1,
    peer: '127.0.0.1',
    method: 'POST',
    path: '/v1/start',
    headers: Object.entries({ authorization: `Bearer ${token}`, ...headers }),
    body: typeof body === 'string' ? Buffer.from(body) : body,
  };
}

const start = (more: object = {}) => JSON.stringify({ executor: 'sh', script: 'a.sh', ...more });

sourceSuite('scripts', {
  kind: 'http',
  create: () => createScriptsSource(settings, path),
  accepted: () => [
    delivery(start()),
    delivery(start({ script: 'with spaces.sh', args: ['one two'], env_vars: ['A=b', 'A=c'] })),
  ],
  idle: null,
  unproven: () => delivery(start(), { authorization: 'Bearer guessed' }),
  proven: body => delivery(body),
  odd: {
    'deep lists': 422,
    'deep objects': 422,
    'a mark of its bytes’ order': 422,
    'two bytes a character': 422,
    'bytes that are no text': 'accepted',
    'nothing but depth': 422,
    'more after its end': 'accepted',
    'no end': 422,
    nothing: 422,
  },
  secrets: [token, 'another-token'],
});

/** What a body is answered: a status with the reason, or the call. */
function answered(body: string, changes: Partial<ScriptsSettings> = {}): string | Call {
  const received = createScriptsSource({ ...settings, ...changes }, path).receive(delivery(body));
  if (received.result === 'rejected') return `${received.status} ${received.reason}`;
  return received.event.call ?? assert.fail('nothing is called');
}

/** The same in a line. */
function told(body: string, changes: Partial<ScriptsSettings> = {}): string {
  const answer = answered(body, changes);
  return typeof answer === 'string' ? answer : `calls ${answer.name}`;
}

test('a call carries what is to run, for the rule that the source brings', () => {
  const call = answered(start({ args: ['-x', '$(id)'], env_vars: ['FOO=a=b', 'FOO=last', 'odd', '=x'] }));
  assert.deepEqual(call, {
    rule: 'scripts',
    name: 'a.sh',
    action: {
      kind: 'script',
      script: { folder, name: 'a.sh', interpreter: 'sh', args: ['-x', '$(id)'], cwd: null },
    },
    env: { FOO: 'last' },
    grounds: { holds: true, text: 'script "a.sh" is in ./dist', seen: 'a.sh', error: false, parts: [] },
  });
});

describe('checks come in the order of GORT', () => {
  for (const [body, expected] of [
    ['{"executor":7}', /^422 /],
    ['{"executor":"rm"}', /^400 /],
    [
      start({ executor: 'rm', script: 'none' }),
      /^403 The executor "rm" is not allowed: it is not in sources/,
    ],
    [start({ executor: '/bin/sh', script: 'none' }), /^403 The executor "\/bin\/sh" is not allowed/],
    [start({ script: 'none', env_vars: ['LD_PRELOAD=x'] }), /^501 /],
    [start({ env_vars: ['LD_PRELOAD=x'] }), /^403 The variable "LD_PRELOAD" is not allowed/],
    [start({ args: ['a\0'] }), /^500 Internal Server Error$/],
    [start({ env_vars: ['A=\0'] }), /^500 Internal Server Error$/],
  ] as const)
    test(body, () => assert.match(told(body), expected));

  test('an executor that is allowed and not installed', () => {
    const interpreters = ['signalbox-has-no-such-program'];
    const body = start({ executor: interpreters[0], script: 'none' });
    assert.equal(answered(body, { interpreters }), '500 Requested executor is not installed');
  });
});

test('without a list any program on PATH will do, and a path only where that is allowed', () => {
  const open = { interpreters: null, interpreterPaths: false };
  assert.equal(typeof answered(start({ executor: 'cat' }), open), 'object');
  assert.match(told(start({ executor: '/bin/sh' }), open), /^403 .*it is a path/);
  assert.match(told(start({ executor: './sh' }), open), /^403 .*it is a path/);
  assert.equal(
    typeof answered(start({ executor: '/bin/sh' }), { ...open, interpreterPaths: true }),
    'object',
  );
  for (const executor of ['/', '/tmp', '/bin/none', 'no\0name'])
    assert.match(
      told(start({ executor }), { ...open, interpreterPaths: true }),
      /^500 Requested executor is not installed$/,
      executor,
    );
});

const hostile = [
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'DYLD_INSERT_LIBRARIES',
  'PATH',
  'BASH_ENV',
  'ENV',
  'NODE_OPTIONS',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'PERL5OPT',
  'RUBYOPT',
  'GIT_SSH_COMMAND',
  'IFS',
  'http_proxy',
  'HOME',
  'BASH_FUNC_x%%',
  'JAVA_TOOL_OPTIONS',
  'GCONV_PATH',
  'SIGNALBOX_RUN_ID',
  'Ld_Preload',
];
test('variables that change what is run are refused, in whatever case; others come as they are', () => {
  for (const name of hostile)
    assert.deepEqual(readVariables(['A=b', `${name}=x`]), { result: 'refused', name });
  assert.deepEqual(readVariables(['lower=1', 'A.b-c=2', 'EMPTY=', 'LINES=a\nb', '__proto__=3']), {
    result: 'read',
    env: Object.fromEntries([
      ['lower', '1'],
      ['A.b-c', '2'],
      ['EMPTY', ''],
      ['LINES', 'a\nb'],
      ['__proto__', '3'],
    ]),
  });
});

test('the same key is the same start; without one every call is its own', () => {
  const source = createScriptsSource(settings, path);
  const idOf = (headers: Readonly<Record<string, string>>) => {
    const received = source.receive(delivery(start(), headers));
    return received.result === 'accepted' && received.event.deliveryId;
  };
  assert.deepEqual([idOf({ 'idempotency-key': 'k' }), idOf({})], ['k', null]);
});

test('no body, path, method or header makes the door throw', () => {
  const open = { ...settings, interpreters: null, tokens: [] };
  const sources = [settings, open, { ...open, mount: '', rateLimit: 1 }].map(each =>
    createScriptsSource(each, path),
  );
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('sh', 'a.sh', '..', './sh', 'A=b'));
  const body = fc.oneof(
    fc.string().map(it => Buffer.from(it)),
    fc
      .record({ executor: text, script: text, args: fc.array(text), env_vars: fc.array(text) })
      .map(it => Buffer.from(JSON.stringify(it))),
  );
  const where = fc.oneof(
    fc.string(),
    fc.constantFrom('/v1/start', '/v1/start?wait=1', '/v1/list-dist', '/v1'),
  );
  const words = fc.oneof(fc.string(), fc.constantFrom('GET', 'POST', 'HEAD'));
  fc.assert(
    fc.property(
      fc.constantFrom(...sources),
      body,
      where,
      words,
      fc.string(),
      (source, bytes, at, method, more) => {
        const sent = { ...delivery(bytes, { authorization: more, accept: more }), path: at, method };
        const heard = source.speech?.hear(sent);
        assert.ok(heard !== undefined);
        const received = source.receive(sent);
        if (received.result === 'rejected') {
          const { status, reason } = received;
          const told = source.speech?.tell({ result: 'refused', status, reason });
          assert.ok(told?.body.endsWith('\n'));
        }
      },
    ),
    { numRuns: 500 },
  );
});
