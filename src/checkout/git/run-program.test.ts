import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../../test/support/server.ts';
import { runProgram } from './run-program.ts';

const never = new AbortController().signal;
const sh = (script: string, signal = never, timeoutMs = 20_000) =>
  runProgram(
    {
      name: 'sh',
      args: ['-c', script],
      directory: tmpdir(),
      env: { PATH: process.env['PATH'] ?? '', ONLY: 'this' },
      timeoutMs,
    },
    signal,
  );

test('gives the exit code and both outputs; a failing program is no exception', async () => {
  assert.deepEqual(await sh('echo out; echo err >&2; exit 3'), {
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
  assert.deepEqual(await sh('kill -9 $$'), { exitCode: null, stdout: '', stderr: '' });
});

test('the environment is what is given, input is empty', async () => {
  const { stdout } = await sh('cat; env');
  const names = stdout
    .trim()
    .split('\n')
    .map(line => line.split('=', 1).join(''));
  assert.deepEqual(names.filter(name => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name)).sort(), [
    'ONLY',
    'PATH',
  ]);
});

test('of endless output it keeps a bounded part, and the program goes on', async () => {
  const { stdout, stderr } = await sh(
    'head -c 3000000 /dev/zero | tr "\\0" x; head -c 100000 /dev/zero | tr "\\0" y >&2; echo end >&2',
  );
  assert.ok(stdout.length <= 1024 * 1024 && stdout.length > 1_000_000);
  assert.ok(stderr.length <= 16 * 1024 && stderr.endsWith('end\n'));
});

test('a program that is not there is told as such', async () => {
  const program = {
    name: 'no-such-program',
    args: [],
    directory: tmpdir(),
    env: { PATH: '/bin' },
    timeoutMs: 1_000,
  };
  await assert.rejects(runProgram(program, never), {
    name: 'SignalboxError',
    code: 'unavailable',
    message: 'no-such-program is not installed, or not on PATH',
  });
});

test('nothing is started for a signal that is aborted already', async () => {
  await assert.rejects(sh('exit 0', AbortSignal.abort(new Error('before'))), /before/);
});

test('when the time is up it is ended', async () => {
  await assert.rejects(sh('sleep 300', never, 100), {
    code: 'unavailable',
    message: 'sh was not done after 0.1 s',
  });
});

test('when the signal aborts its helpers are ended too, also those that do not listen', async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), 'signalbox-program-'));
  const pids = join(scratch.path, 'pids');
  const stop = new AbortController();
  const running = sh(`trap '' TERM; sh -c 'echo $$ > ${pids}; exec sleep 300' & wait`, stop.signal);
  const pid = await until(() => Number(readIfThere(pids)), 'the helper');
  stop.abort(new Error('enough'));
  await assert.rejects(running, /enough/);
  // Its end may take a moment to be seen; nothing else would end it within the deadline.
  await until(() => /^$|^\d+ \(.*\) Z/s.test(readIfThere(`/proc/${pid}/stat`)), 'the helper to be gone');
});

test('when the signal aborts it may clean up first', async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), 'signalbox-program-'));
  const lock = join(scratch.path, 'lock');
  const stop = new AbortController();
  const running = sh(
    `trap 'rm ${lock}; exit' TERM; touch ${lock}; while :; do sleep 0.05; done`,
    stop.signal,
  );
  await until(() => existsSync(lock), 'the lock');
  stop.abort(new Error('enough'));
  await assert.rejects(running, /enough/);
  assert.ok(!existsSync(lock));
});

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
