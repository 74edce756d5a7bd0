import assert from 'node:assert/strict';
import { type ChildProcess, execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { startHostileServer } from '../../test/support/hostile-server.ts';
import { version } from './version.ts';

/** The launcher, as people call it. */
const program = join(import.meta.dirname, '..', '..', 'bin', 'signalbox');

/** Runs a program to its end. */
function run(
  file: string,
  argv: readonly string[],
  started: (child: ChildProcess) => void = () => {},
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    const child = execFile(file, argv, { timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
    started(child);
  });
}

test('the program tells its version', async () => {
  assert.deepEqual(await run(program, ['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
});

test('an unknown command ends with 2, without a stack trace', async () => {
  const { code, stdout, stderr } = await run(program, ['frobnicate']);
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /^signalbox: unknown command 'frobnicate'/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});

test('a reader who leaves early is no error', async () => {
  const command = '"$0" config schema | true';
  const { stderr } = await run('/bin/sh', ['-c', command, program]);
  assert.equal(stderr, '');
});

test('Ctrl-C ends a command that waits, with 130 and without noise', async () => {
  const child = Promise.withResolvers<ChildProcess>();
  await using server = await startHostileServer(() => void child.promise.then(each => each.kill('SIGINT')));
  const ended = run(program, ['runs', 'logs', '-f', 'last', '--url', server.url], child.resolve);
  assert.deepEqual(await ended, { code: 130, stdout: '', stderr: '' });
});
