import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Behaviour, ours, theirs } from '../deviations.ts';
import { readHooks } from '../file/read-hooks.ts';
import { checkFile } from './check-file.ts';

/** The findings of a file with one hook, as `severity path: message`. */
function findings(hook: object, behaviour: Behaviour = ours): readonly string[] {
  return found(JSON.stringify([{ id: 'a', 'execute-command': '/bin/sh', ...hook }]), behaviour);
}

function found(text: string, behaviour: Behaviour = ours, isTemplate = false): readonly string[] {
  const read = readHooks({ behaviour, template: null, references: null }, Buffer.from(text));
  assert.equal(read.result, 'read');
  const programs = { cwd: '/', path: '/usr/bin:/bin' };
  return checkFile({ behaviour, isTemplate, programs }, read.file).map(
    ({ severity, path, message }) => `${severity} ${path}: ${message}`,
  );
}

const payload = (name: string) => ({ source: 'payload', name });
const rule = (match: object) => ({ 'trigger-rule': { match } });

describe('what bites in a hooks file', () => {
  test('a good file has no findings', () => {
    const hook = {
      'pass-arguments-to-command': [
        { source: 'string', name: '-c' },
        { source: 'string', name: 'echo $1' },
        payload('a'),
      ],
      'pass-environment-to-command': [{ ...payload('a.b'), envname: 'MY_B' }],
      'success-http-response-code': 202,
      ...rule({ type: 'payload-hmac-sha256', secret: 's', parameter: { source: 'header', name: 'X-Sig' } }),
    };
    assert.deepEqual(findings(hook), []);
  });

  const cases: readonly (readonly [what: string, hook: object, finding: RegExp])[] = [
    [
      'an unknown key',
      { 'triger-rule': {} },
      /^warning \[0\]\.triger-rule: nothing is called .* did you mean "trigger-rule"\?$/,
    ],
    ['a key that nothing is like', { zzzzz: 1 }, /^warning .*known here: id, /],
    ['no command', { 'execute-command': '' }, /^error \[0\]: the hook has no "execute-command"/],
    [
      'a missing command',
      { 'execute-command': 'no such' },
      /^error \[0\]\.execute-command: .*nowhere in PATH: arguments belong in pass-arguments/,
    ],
    ['no id', { id: '' }, /^warning \[0\]: the hook has no id/],
    [
      'an unknown source',
      { 'pass-arguments-to-command': [{ source: 'Payload', name: 'a' }] },
      /^error .*no source "Payload"; did you mean "payload"/,
    ],
    ['no source', { 'pass-arguments-to-command': [{ name: 'a' }] }, /^error .*no source is named/],
    [
      'an unknown part of the request',
      { 'pass-arguments-to-command': [{ source: 'request', name: 'path' }] },
      /^error .*\.name: a request has no "path"/,
    ],
    [
      'decoding of an argument',
      { 'pass-arguments-to-command': [{ ...payload('a'), base64decode: true }] },
      /only files and standard input are decoded/,
    ],
    [
      'a default name that no shell can read',
      { 'pass-environment-to-command': [payload('a.b')] },
      /^warning .*HOOK_a\.b.*read HOOK_a_b/,
    ],
    [
      'a name that no shell can read',
      { 'pass-environment-to-command': [{ ...payload('a'), envname: 'A-B' }] },
      /^warning .*envname: no shell can read the variable A-B/,
    ],
    [
      'a variable that decides what runs',
      { 'pass-environment-to-command': [{ ...payload('a'), envname: 'LD_PRELOAD' }] },
      /^error .*sets LD_PRELOAD/,
    ],
    [
      'a file that is never written',
      { 'pass-file-to-command': [{ ...payload('a'), envname: 'A/B' }] },
      /^error .*never written/,
    ],
    [
      'parsing of a body',
      { 'parse-parameters-as-json': [{ source: 'raw-request-body' }] },
      /^warning .*can be parsed/,
    ],
    [
      'a shell whose line the sender writes',
      { 'pass-arguments-to-command': [{ source: 'string', name: '-ec' }, payload('a')] },
      /^error \[0\]\.pass-arguments-to-command\[1\]: whoever sends/,
    ],
    [
      'a shell whose script the sender writes',
      { 'pass-stdin-to-command': [{ source: 'raw-request-body' }] },
      /^error \[0\]\.pass-stdin-to-command: whoever sends/,
    ],
    [
      'an unknown type',
      rule({ type: 'Value', parameter: payload('a') }),
      /^error .*no match of type "Value".* did you mean "value"/,
    ],
    ['no type', rule({ parameter: payload('a') }), /^error .*the match has no "type"/],
    ['no parameter', rule({ type: 'value', value: 'x' }), /^error .*the match has no "parameter"/],
    [
      'an old name',
      rule({ type: 'payload-hash-sha1', secret: 's', parameter: payload('a') }),
      /^warning .*write payload-hmac-sha1/,
    ],
    [
      'a broken pattern',
      rule({ type: 'regex', regex: '(?=a)', parameter: payload('a') }),
      /^error .*regex: the pattern cannot be read/,
    ],
    [
      'an empty secret',
      rule({ type: 'payload-hmac-sha1', secret: '', parameter: payload('a') }),
      /^error .*the secret is empty/,
    ],
    [
      'a secret in the file',
      rule({ type: 'value', value: 'abc', parameter: { source: 'header', name: 'X-Gitlab-Token' } }),
      /^warning .*stands in the file/,
    ],
    [
      'a secret that is looked up',
      rule({ type: 'payload-hmac-sha1', secret: '${env:KEY}', parameter: payload('a') }),
      /^warning .*secret: the original program does not look this up/,
    ],
    [
      'a value that is looked up, which is not in the file',
      rule({ type: 'value', value: '${env:KEY}', parameter: { source: 'header', name: 'X-Token' } }),
      /^warning .*value: the original program does not look this up/,
    ],
    [
      'a list of secrets',
      rule({ type: 'payload-hmac-sha1', secret: ['a', 'b'], parameter: payload('a') }),
      /^warning .*secret: the original program refuses a file with a list here/,
    ],
    [
      'a list of ranges with commas',
      rule({ type: 'ip-whitelist', 'ip-range': '10.0.0.0/8,1.1.1.1' }),
      /^error .*not commas/,
    ],
    [
      'a proxy that may be anybody',
      rule({ type: 'ip-whitelist', 'ip-range': '10.0.0.0/8', 'trusted-proxies': ['10.0.0.1', '::/0'] }),
      /^error .*\.trusted-proxies\[1\]: ::\/0 is everybody/,
    ],
    [
      'a proxy where no address is looked at',
      rule({ type: 'value', value: 'x', parameter: payload('a'), 'trusted-proxies': ['10.0.0.1'] }),
      /^warning .*trusted-proxies: it has no effect here/,
    ],
    [
      'a wait that nobody does',
      { run: { 'sync-timeout': '10s' } },
      /^warning \[0\]\.run\.sync-timeout: it has no effect in the mode "message"/,
    ],
    [
      'a wait that is never over',
      { run: { mode: 'output', 'sync-timeout': '10s', timeout: '10s' } },
      /^warning .*sync-timeout: it is never reached/,
    ],
    [
      'two answers',
      { run: { mode: 'accepted' }, 'success-http-response-code': 201 },
      /^warning .*run\.mode: it answers 202/,
    ],
    [
      'a key that all have',
      { run: { 'dedupe-key': { source: 'string', name: 'a' } } },
      /^error .*run\.dedupe-key: all requests have the same key/,
    ],
    [
      'a key that none has',
      { run: { 'dedupe-key': { source: 'path', name: 'a' } } },
      /^error .*run\.dedupe-key\.name: the id has no parameters/,
    ],
    [
      'a provider',
      rule({ type: 'github', secret: 's' }),
      /^warning .*type: the original program knows no match of type "github"/,
    ],
    [
      'an id with parameters',
      { id: 'deploy/{env}', 'pass-arguments-to-command': [{ source: 'path', name: 'env' }] },
      /^warning \[0\]\.id: the original program knows no parameters/,
    ],
    [
      'a parameter that no id has',
      { 'pass-arguments-to-command': [{ source: 'path', name: 'env' }] },
      /^error .*\.name: the id has no parameters: write \{env\} where/,
    ],
    ['no ranges', rule({ type: 'ip-whitelist' }), /^warning .*is empty/],
    ['a bare IPv6 address', rule({ type: 'ip-whitelist', 'ip-range': '::1' }), /^warning .*write ::1\/128/],
    [
      '"not" over what may be missing',
      { 'trigger-rule': { not: { match: { type: 'value', value: 'x', parameter: payload('a') } } } },
      /^warning .*is missing, "not" holds/,
    ],
    [
      'two rules in one object',
      {
        'trigger-rule': { or: [{ match: { type: 'value', value: 'x', parameter: payload('a') } }], not: {} },
      },
      /^warning \[0\]\.trigger-rule\.not: it has no effect, because "or"/,
    ],
    ['an empty rule', { 'trigger-rule': {} }, /^warning \[0\]\.trigger-rule: an empty rule never holds/],
    ['an empty "or"', { 'trigger-rule': { or: [] } }, /^warning .*an empty "or" never holds/],
    ['an unknown status', { 'success-http-response-code': 299 }, /^warning .*299 is no status/],
    [
      'a header that is none',
      { 'response-headers': [{ name: 'a b', value: 'c' }] },
      /^warning .*"a b" is no name of a header/,
    ],
    [
      'output on error alone',
      { 'include-command-output-in-response-on-error': true },
      /^warning .*has no effect without/,
    ],
    [
      'a signature of multipart bodies',
      {
        'incoming-payload-content-type': 'multipart/form-data; boundary=x',
        ...rule({ type: 'payload-hmac-sha1', secret: 's', parameter: payload('a') }),
      },
      /^warning .*the original program checks signatures of multipart bodies over nothing/,
    ],
  ];
  for (const [what, hook, finding] of cases)
    test(what, () => {
      const [only = '', ...others] = findings(hook);
      assert.match(only, finding);
      assert.deepEqual(others, []);
    });

  test('signatures of multipart bodies are an error where they cover nothing', () => {
    const [only = ''] = findings(
      rule({ type: 'payload-hmac-sha1', secret: 's', parameter: payload('a') }),
      theirs,
    );
    assert.match(only, /^error .*multipart/);
  });

  test('"not" twice is no "not"', () => {
    const match = { type: 'value', value: 'x', parameter: payload('a') };
    assert.deepEqual(findings({ 'trigger-rule': { not: { not: { match } } } }), []);
  });

  test('a secret that a template put in is none of the file', () => {
    const text = JSON.stringify([
      {
        id: 'a',
        'execute-command': '/bin/sh',
        ...rule({ type: 'value', value: 'abc', parameter: { source: 'header', name: 'X-Token' } }),
      },
    ]);
    assert.equal(found(text).length, 1);
    assert.deepEqual(found(text, ours, true), []);
  });

  test('the same id twice, with the line of the first', () => {
    const hook = '{"id":"a","execute-command":"/bin/sh"}';
    const [only = '', ...others] = found(`[\n${hook},\n${hook}]`);
    assert.match(only, /^error \[1\]\.id: the hook with the id "a" in line 2 answers instead/);
    assert.deepEqual(others, []);
  });

  test('parameters that are there twice, or are not there', () => {
    const name = 'user';
    const given = {
      id: '{a}/{a}',
      ...rule({ type: 'value', value: 'x', parameter: { source: 'path', name } }),
    };
    const [twice = '', , missing = ''] = findings(given);
    assert.match(twice, /^error \[0\]\.id: the parameter \{a\} is there twice/);
    assert.match(missing, /^error .*parameter\.name: the id has no parameter \{user\}, only a, a/);
  });

  test('output on error has an effect where the run asks for output', () => {
    const onError = { 'include-command-output-in-response-on-error': true };
    assert.deepEqual(findings({ ...onError, run: { mode: 'output' } }), []);
    assert.equal(findings({ ...onError, run: { mode: 'accepted' } }).length, 1);
  });

  test('a proof under "not"', () => {
    const [first = ''] = findings({ 'trigger-rule': { not: { match: { type: 'gitlab', secret: 's' } } } });
    assert.match(first, /^error .*not\.match: under "not" it never holds/);
  });

  test('ids that differ in the names of parameters alone', () => {
    const hook = (id: string) => ({ id, 'execute-command': '/bin/sh' });
    const error = found(JSON.stringify([hook('a/{b}'), hook('a/{c}')])).find(line =>
      line.startsWith('error'),
    );
    assert.match(error ?? '', /^error \[1\]\.id: the hook with the id "a\/\{b\}" in line 1 answers instead/);
  });

  test('they come in the order of their lines', () => {
    const text = '- id: a\n  nonsense: 1\n  execute-command: /no/such\n  success-http-response-code: 999\n';
    const paths = found(text).map(line => line.split(' ')[1]);
    assert.deepEqual(paths, ['[0].nonsense:', '[0].execute-command:', '[0].success-http-response-code:']);
  });
});
