import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hook, readAlready } from '../../../../test/support/hooks/made.ts';
import { ours, theirs } from '../deviations.ts';
import { decodeBytes } from '../request/utf8.ts';
import type { Value } from '../value.ts';
import { commandOf } from './command.ts';

const payload = new Map<string, Value>([
  ['a', 'A'],
  ['head', new Map([['id', 'abc']])],
  ['b64', 'aGVsbG8='],
  ['nul', 'a\0b'],
  ['stray', decodeBytes(Uint8Array.of(0x61, 0xff))],
  ['long', 'x'.repeat(128 * 1024)],
]);
const of = (properties: object, behaviour = ours) =>
  commandOf(behaviour, hook({ 'execute-command': 'run me', ...properties }), readAlready({ payload }));
const from = (name: string, more: object = {}) => ({ source: 'payload', name, ...more });

describe('what a hook runs', () => {
  test('the name is no command line, and a missing argument is an empty one', () => {
    const command = of({
      'command-working-directory': 'wd',
      'pass-arguments-to-command': [from('a'), from('zz'), from('head')],
    });
    assert.equal(command.name, 'run me');
    assert.equal(command.workingDirectory, 'wd');
    assert.deepEqual(command.arguments, ['A', '', '{"id":"abc"}']);
    assert.deepEqual(command.problems, ['argument 2: payload "zz": is missing']);
    assert.equal(command.refusal, null);
  });

  test('variables have the names that the file gives them, in its order', () => {
    const list = [
      from('a'),
      from('a', { envname: 'MINE' }),
      from('zz'),
      { source: 'entire-payload' },
      from('b64', { envname: 'MINE' }),
    ];
    const { environment, problems } = of({
      'pass-environment-to-command': list.filter(each => each.source === 'payload'),
    });
    assert.deepEqual(environment, [
      ['HOOK_a', 'A'],
      ['MINE', 'A'],
      ['MINE', 'aGVsbG8='],
    ]);
    assert.deepEqual(problems, ['environment: payload "zz": is missing']);
  });

  test('D9: a default name that no shell can read has one beside it that shells can', () => {
    const list = { 'pass-environment-to-command': [from('head.id'), from('a', { envname: 'A-B' })] };
    assert.deepEqual(of(list, theirs).environment, [
      ['HOOK_head.id', 'abc'],
      ['A-B', 'A'],
    ]);
    assert.deepEqual(of(list).environment, [
      ['HOOK_head.id', 'abc'],
      ['A-B', 'A'],
      ['HOOK_head_id', 'abc'],
    ]);
    const taken = {
      'pass-environment-to-command': [from('head.id'), from('a', { envname: 'HOOK_head_id' })],
    };
    assert.deepEqual(of(taken).environment.at(-1), ['HOOK_head_id', 'A']);
  });

  test('what follows a "=" in a name begins the value', () => {
    assert.deepEqual(of({ 'pass-environment-to-command': [from('a', { envname: 'X=y' })] }).environment, [
      ['X', 'y=A'],
    ]);
  });

  test('files hold the bytes as they came', () => {
    const { files, problems } = of({
      'pass-file-to-command': [
        from('stray'),
        from('b64', { base64decode: true, envname: 'F' }),
        from('a', { envname: 'F/G' }),
        from('a', { envname: 'F*G' }),
        from('zz'),
      ],
    });
    assert.deepEqual(files, [
      { variable: 'HOOK_STRAY', prefix: 'HOOK_STRAY', suffix: '', content: Buffer.of(0x61, 0xff) },
      { variable: 'F', prefix: 'F', suffix: '', content: Buffer.from('hello') },
      { variable: 'F*G', prefix: 'F', suffix: 'G', content: Buffer.from('A') },
    ]);
    assert.deepEqual(problems, [
      'file: the variable F/G names the file too, so there can be no "/" in it',
      'file: payload "zz": is missing',
    ]);
  });

  test('standard input holds the bytes as they came', () => {
    const stdin = (argument: object) => {
      const { stdin, problems } = of({ 'pass-stdin-to-command': [argument] });
      return [stdin, ...problems];
    };
    assert.deepEqual(stdin(from('stray')), [Buffer.of(0x61, 0xff)]);
    assert.deepEqual(stdin(from('b64', { base64decode: true })), [Buffer.from('hello')]);
    assert.deepEqual(stdin(from('zz')), [null, 'standard input: payload "zz": is missing']);
    assert.equal(of({}).stdin, null);
    assert.equal(of({ 'pass-stdin-to-command': [from('long')] }).refusal, null);
  });

  test('standard input takes one value, from a source that there is', () => {
    const wrong = [
      {},
      [],
      [from('a'), from('b')],
      [null],
      [{ source: 'body' }],
      [from('a', { envname: 'A' })],
    ];
    for (const list of wrong)
      assert.throws(
        () => hook({ id: 'deploy', 'pass-stdin-to-command': list }),
        /^Error: the hook "deploy", in "pass-stdin-to-command": /,
      );
  });

  test('bytes that are no text come out as U+FFFD in arguments and variables', () => {
    const { arguments: args, environment } = of({
      'pass-arguments-to-command': [from('stray')],
      'pass-environment-to-command': [from('stray')],
    });
    assert.deepEqual(args, ['a\ufffd']);
    assert.deepEqual(environment, [['HOOK_stray', 'a\ufffd']]);
  });

  test('D10: what the system refuses is named', () => {
    const long = { 'pass-arguments-to-command': [from('a'), from('long')] };
    assert.match(
      of(long).refusal ?? '',
      /^argument 2 \(payload "long"\) is 131072 bytes long, of 131071 at most: .*pass-file-to-command or pass-stdin-to-command$/,
    );
    assert.match(of(long, theirs).refusal ?? '', /^an argument or variable is 131072/);
    assert.match(
      of({ 'pass-environment-to-command': [from('nul')] }).refusal ?? '',
      /^the variable HOOK_nul holds a NUL/,
    );
    assert.equal(of({ 'pass-file-to-command': [from('long'), from('nul')] }).refusal, null);
  });
});
