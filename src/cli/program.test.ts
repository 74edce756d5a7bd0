import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from 'commander';
import { runInProcess, testIo } from '../../test/support/cli.ts';
import { createProgram } from './program.ts';

/** A command and all below it, with the words that call it. */
function* commands(command: Command, words: readonly string[] = []): Generator<[words: string[], Command]> {
  yield [[...words], command];
  for (const each of command.commands) yield* commands(each, [...words, each.name()]);
}
const all = [...commands(createProgram(testIo()))];
const leaves = all.filter(([, command]) => command.commands.length === 0);

test('every command, option and argument is described', () => {
  assert.ok(leaves.length >= 20, `only ${leaves.length} commands`);
  for (const [words, command] of all) {
    assert.notEqual(command.description(), '', words.join(' '));
    for (const { flags, description } of command.options)
      assert.notEqual(description, '', `${words.join(' ')} ${flags}`);
    for (const argument of command.registeredArguments)
      assert.notEqual(argument.description, '', `${words.join(' ')} <${argument.name()}>`);
  }
});

test('the help of every command ends well, goes to stdout, fits, and has an example', async () => {
  for (const [words] of leaves) {
    const { code, stdout, stderr } = await runInProcess([...words, '--help'], { isTTY: true, columns: 80 });
    assert.equal(code, 0, words.join(' '));
    assert.equal(stderr, '');
    assert.match(stdout, /Examples?:/, words.join(' '));
    const help = stdout.slice(0, stdout.search(/Examples?:/));
    for (const line of help.split('\n')) assert.ok(line.length <= 80, `${words.join(' ')}: ${line}`);
  }
});

test('the first help fits on one screen', async () => {
  const { code, stdout } = await runInProcess(['--help'], { isTTY: true, columns: 80 });
  assert.equal(code, 0);
  assert.ok(stdout.split('\n').length <= 47, stdout);
});

test('every command for programs can speak JSON, and every list has it', () => {
  const talkers = new Set(['serve', 'dev', 'as']);
  for (const [words, command] of leaves)
    if (!talkers.has(words[0] ?? ''))
      assert.ok(
        command.options.some(({ long }) => long === '--json'),
        words.join(' '),
      );
});

test('a mistake on the command line is said on stderr in a line or two, and ends with 2', async () => {
  const mistakes = [
    'rns',
    'runs',
    'runs lz',
    'runs show',
    'runs show a b',
    'runs ls --limit 0',
    'runs ls --no-such',
    'send --to',
  ];
  for (const mistake of mistakes) {
    const { code, stdout, stderr } = await runInProcess(mistake.split(' '));
    assert.equal(code, 2, mistake);
    assert.equal(stdout, '', mistake);
    assert.doesNotMatch(stderr, /\n {4}at /, mistake);
  }
  assert.match(
    (await runInProcess(['rns'])).stderr,
    /^signalbox: unknown command 'rns'\n\(Did you mean runs\?\)/,
  );
  assert.match(
    (await runInProcess(['runs', 'sh\u001b[31mow'])).stderr,
    /^signalbox: unknown command 'sh\\u\{1b\}\[31mow'/,
  );
});

test('a word that is not known is answered with those that are, before any server is asked', async () => {
  for (const [argv, said] of [
    [['runs', 'ls', '--state', 'x'], /Say one of blocked, queued, running, finished\./],
    [['events', 'ls', '--type', 'x'], /Say one of push, patch, tag, /],
  ] as const) {
    const { code, stderr } = await runInProcess(argv);
    assert.equal(code, 2);
    assert.match(stderr, said);
  }
});

test('a bug of ours is one sentence; where it is, is told on request', async () => {
  const write = () => {
    throw new TypeError('nobody expected this');
  };
  const stdout = { write, drained: async () => {} };
  const plain = await runInProcess(['send', '--list'], { stdout });
  assert.equal(plain.code, 5);
  assert.match(
    plain.stderr,
    /^signalbox: something went wrong inside: nobody expected this [^\n]*DEBUG=1[^\n]*\n$/,
  );
  const debug = await runInProcess(['send', '--list'], { stdout, env: { SIGNALBOX_DEBUG: '1' } });
  assert.match(debug.stderr, /\n +at .*program\.test\.ts/);
});
