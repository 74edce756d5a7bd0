import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { entriesAmong, openFilesAmong } from './proc.ts';

const options = { timeout: 30_000 };

/** A program that opens these files in order, and then waits. */
async function open(files: readonly string[], env: Record<string, string> = {}) {
  const program = `for (const file of ${JSON.stringify(files)}) fs.openSync(file); console.log(); setInterval(() => 0, 1e6)`;
  const child = spawn(process.execPath, ['-e', program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  assert.ok(child.pid);
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

// Jobs that forked with thousands of open files, or megabytes of environment, stood the server still for a minute.
test('of a process that has very many open files only the first ones are looked at', options, async () => {
  const [first, last] = [process.execPath, import.meta.filename];
  const many = Array.from({ length: 300 }, () => '/dev/null');
  await using child = await open([first, ...many, last]);
  assert.deepEqual(openFilesAmong(child.pid, new Set([first, last])), [first]);
});

test('of a process that has a very long environment only the beginning is looked at', options, async () => {
  const long = 'x'.repeat(40_000);
  const env = { FIRST: '1', ONE: long, SECOND: '2', TWO: long, LAST: '3' };
  await using child = await open([], env);
  assert.deepEqual(entriesAmong(child.pid, new Set(['FIRST=1', 'SECOND=2', 'LAST=3', 'FIRST=2'])), [
    'FIRST=1',
    'SECOND=2',
  ]);
});
