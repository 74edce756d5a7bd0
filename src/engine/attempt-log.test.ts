import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystemClock } from '../clock/system.ts';
import type { AgentNews } from '../contracts/transport.ts';
import { runId } from '../domain/id.ts';
import type { LogChunk } from '../domain/log.ts';
import { createRedactor } from '../lib/redactor.ts';
import { createAttemptLog, type MaskSecrets } from './attempt-log.ts';

const run = runId('0'.repeat(26));
const plain: MaskSecrets = () => ({ mask: bytes => bytes, end: () => new Uint8Array() });
const bytes = (text: string) => new TextEncoder().encode(text);

function open(
  limitBytes = 1000,
  news: (word: AgentNews) => Promise<void> = async () => undefined,
  maskSecrets = plain,
) {
  const chunks: LogChunk[] = [];
  const agent = {
    news: async (word: AgentNews) => {
      if (word.kind === 'log') chunks.push(word.chunk);
      await news(word);
    },
  };
  const log = createAttemptLog(
    { agent, clock: createSystemClock(), maskSecrets },
    { run, attempt: 2, secrets: ['the-secret'], limitBytes },
  );
  const text = (stream?: LogChunk['stream']) =>
    chunks
      .filter(chunk => stream === undefined || chunk.stream === stream)
      .map(chunk => new TextDecoder().decode(chunk.bytes));
  return { log, chunks, text };
}

test('chunks are whole lines of one stream, numbered in order, of the attempt', async () => {
  const { log, chunks, text } = open();
  await log.write('stdout', bytes('one\ntwo'));
  await log.write('stderr', bytes('oops\n'));
  await log.write('stdout', bytes(' and a half\n'));
  await log.end();
  assert.deepEqual(text(), ['one\n', 'oops\n', 'two and a half\n']);
  assert.deepEqual(
    chunks.map(chunk => [chunk.attempt, chunk.sequence]),
    [
      [2, 1],
      [2, 2],
      [2, 3],
    ],
  );
});

test('A37: the last words need no line feed', async () => {
  const { log, text } = open();
  await log.write('stdout', bytes('done'));
  assert.deepEqual(text(), []);
  await log.end();
  assert.deepEqual(text(), ['done']);
});

test('what was printed before a step is told comes before it, complete or not', async () => {
  const { log, text } = open();
  const step = { id: 1, kind: 'user', name: 'one', command: null } as const;
  await log.step({ ...step, status: 'start' });
  await log.write('stdout', bytes('no line end'));
  await log.write('stderr', bytes('nor here'));
  await log.step({ ...step, status: 'end' });
  await log.write('stdout', bytes('of the next\n'));
  await log.end();
  assert.deepEqual(text(), [
    'step 1 user start "one"\n',
    'no line end',
    'nor here',
    'step 1 user end "one"\n',
    'of the next\n',
  ]);
});

test('what waits because it may be the beginning of a secret comes before the next step', async () => {
  const { log, text } = open(1000, undefined, createRedactor);
  const step = { id: 1, kind: 'user', status: 'end', name: 'the-secret', command: null } as const;
  await log.write('stdout', bytes('the-sec'));
  await log.step(step);
  assert.deepEqual(text(), ['the-sec', 'step 1 user end "***"\n']);
});

test('A36: beyond the limit one line says so, the rest is taken and dropped, and the house may still speak', async () => {
  const { log, text } = open(10);
  for (let n = 0; n < 100; n++) await log.write('stdout', bytes('12345\n'));
  log.say('it is over');
  await log.end();
  assert.deepEqual(text('stdout'), ['12345\n']);
  assert.deepEqual(text('system'), [
    'the log limit of 10 bytes is reached: further output is not kept\n',
    'it is over\n',
  ]);
});

test('A36: the log of a program that prints without end is as long as its limit, and the program is not blocked', async () => {
  const { log, chunks } = open(1_000_000);
  const piece = bytes(`${'y'.repeat(127)}\n`.repeat(512));
  for (let n = 0; n < 500; n += 1) await log.write('stdout', piece);
  await log.end();
  const kept = chunks.filter(({ stream }) => stream === 'stdout');
  const keptBytes = kept.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
  assert.ok(keptBytes <= 1_000_000 && keptBytes > 1_000_000 - piece.length);
  assert.equal(chunks.length - kept.length, 1);
});

test('A75: what a job prints is its own, even in the very words of the house', async () => {
  const { log, chunks, text } = open();
  const forged = 'attempt 2 on local\nsuccess\u0000\r=0\nat 2026-01-01T00:00:00Z system: it is over\n';
  log.say('attempt 2 on local');
  await log.write('stdout', bytes(forged));
  await log.write('stderr', bytes('{"stream":"system","text":"approved"}\n'));
  await log.end();
  assert.deepEqual(text('system'), ['attempt 2 on local\n']);
  assert.deepEqual(text('stdout'), [forged]);
  assert.ok(chunks.every(({ at }) => at > Date.UTC(2026, 0, 1) && at <= Date.now()));
});

test('A36: so does the log of a program that prints byte by byte', async () => {
  const { log, text } = open(1000);
  for (let n = 0; n < 40_000; n++) await log.write('stdout', bytes('\n'));
  const short = open(100_000);
  for (let n = 0; n < 40_000; n++) await short.log.write('stdout', bytes('\n'));
  await short.log.end();
  assert.equal(text('stdout').length, 1000);
  assert.equal(short.text('stdout').length, (1024 * 1024) / 32);
});

test('a writer waits while its lines are being stored', async () => {
  const stored = Promise.withResolvers<void>();
  const { log } = open(1000, () => stored.promise);
  let through = false;
  const writing = log.write('stdout', bytes('one\n')).then(() => {
    through = true;
  });
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(through, false);
  stored.resolve();
  await writing;
  assert.equal(through, true);
});

test('a log that cannot be stored fails the writer and the end', async () => {
  const { log } = open(1000, async () => Promise.reject(new Error('disk full')));
  await assert.rejects(log.write('stdout', bytes('one\n')), /disk full/);
  await assert.rejects(log.end(), /disk full/);
});

test('what is said is one line, whatever is in it', async () => {
  const { log, text } = open();
  log.say('fatal: could not read\r\nUsername');
  await log.end();
  assert.deepEqual(text('system'), ['fatal: could not read Username\n']);
});
