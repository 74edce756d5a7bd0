import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogStream } from '../../domain/log.ts';
import { eachLineOnce, sharedLog } from './shared-log.ts';

function taken() {
  const written: string[] = [];
  return {
    written,
    write: async (stream: LogStream, bytes: Uint8Array) =>
      void written.push(`${stream}: ${Buffer.from(bytes).toString()}`),
  };
}

test('what several print comes in whole lines, each with a name', async () => {
  const log = taken();
  const [one, two] = [sharedLog(log, 'one'), sharedLog(log, 'two')];
  await one.write('stdout', Buffer.from('half'));
  await two.write('stdout', Buffer.from('a\n\nb\r1\r2\nrest'));
  await one.write('stdout', Buffer.from(' done\n'));
  await one.write('stderr', Buffer.from('é\n'));
  await one.write('system', Buffer.from('the house\n'));
  await one.end();
  await two.end();
  assert.deepEqual(log.written, [
    'stdout: two | a\ntwo | \ntwo | b\r1\r2\n',
    'stdout: one | half done\n',
    'stderr: one | é\n',
    'system: the house\n',
    'stdout: two | rest\n',
  ]);
});

test('a line of the house is told once, and what programs print as often as they do', async () => {
  const log = taken();
  const write = eachLineOnce(log);
  for (const stream of ['system', 'stdout', 'system', 'stdout'] as const)
    await write(stream, Buffer.from('line\n'));
  assert.deepEqual(log.written, ['system: line\n', 'stdout: line\n', 'stdout: line\n']);
});
