import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type RunId, runId } from '../../domain/id.ts';
import type { LogChunk } from '../../domain/log.ts';
import { entryBytes } from './entry.ts';
import { logPaths } from './files.ts';
import type { LogStore } from './log-store.ts';
import { createLogs } from './logs.ts';
import type { ShortLog } from './short-log.ts';

let root = '';
let directory = '';
let made = 0;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'signalbox-logs-'));
});
beforeEach(() => {
  directory = join(root, String(++made));
});
after(() => rm(root, { recursive: true }));

const run = runId('0'.repeat(26));
const ended = async (): Promise<{ isEnd: boolean }> => ({ isEnd: true });
const nothingShort = async (): Promise<undefined> => undefined;
const chunk = (sequence: number, text: string, attempt = 1): LogChunk => ({
  attempt,
  sequence,
  at: 7,
  stream: 'stdout',
  bytes: new TextEncoder().encode(text),
});
const texts = async (logs: LogStore, of: RunId = run): Promise<string[]> =>
  (await logs.lines(of, 0, 1000)).map(({ text }) => text);
const gap = 'output may be missing here: storing it was interrupted';

/** A log of three chunks, as a process that was killed leaves it. */
async function leaveLog(): Promise<ReturnType<typeof logPaths>> {
  await using logs = createLogs(directory, nothingShort);
  for (const [n, text] of ['one\n', 'two\n', 'three\n'].entries()) await logs.append(run, chunk(n + 1, text));
  return logPaths(directory, run);
}

describe('a log that a crash has torn', () => {
  const tears = {
    'bytes without an entry': {
      tear: ({ bytes }) => appendFile(bytes, 'fo'),
      left: ['one', 'two', 'three'],
    },
    'half an entry': {
      tear: ({ index }) => truncate(index, 3 * entryBytes - 5),
      left: ['one', 'two'],
    },
    'an entry without its bytes': {
      tear: ({ bytes }) => truncate(bytes, 'one\ntwo\nth'.length),
      left: ['one', 'two'],
    },
    'entries of zeros': {
      tear: ({ index }) => appendFile(index, new Uint8Array(2 * entryBytes + 7)),
      left: ['one', 'two', 'three'],
    },
    'no index at all': { tear: ({ index }) => rm(index), left: [] },
    'no bytes at all': { tear: ({ bytes }) => truncate(bytes, 0), left: [] },
  } satisfies Record<string, { tear: (paths: ReturnType<typeof logPaths>) => Promise<void>; left: string[] }>;

  for (const [name, { tear, left }] of Object.entries(tears))
    test(`${name}: what is whole is read, the rest is cut off and marked`, async () => {
      await tear(await leaveLog());
      await using logs = createLogs(directory, nothingShort);
      assert.deepEqual(await texts(logs), left);
      const next = left.length + 1;
      await logs.append(run, chunk(next, 'again\n'));
      await logs.append(run, chunk(next + 1, 'and on\n'));
      assert.deepEqual(await texts(logs), [...left, gap, 'again', 'and on']);
      const raw = Buffer.concat(await pieces(logs.raw(run))).toString();
      assert.equal(raw, [...left, gap, 'again', 'and on', ''].join('\n'));
    });

  test('is marked once, also when the process is killed again', async () => {
    const paths = await leaveLog();
    await appendFile(paths.bytes, 'fo');
    for (const sequence of [4, 5]) {
      await using logs = createLogs(directory, nothingShort);
      await logs.append(run, chunk(sequence, `line ${sequence}\n`));
    }
    await using logs = createLogs(directory, nothingShort);
    assert.deepEqual(await texts(logs), ['one', 'two', 'three', gap, 'line 4', 'line 5']);
  });

  test('whole logs are not marked', async () => {
    await leaveLog();
    await using logs = createLogs(directory, nothingShort);
    await logs.append(run, chunk(3, 'three\n'));
    await logs.append(run, chunk(4, 'four\n'));
    assert.deepEqual(await texts(logs), ['one', 'two', 'three', 'four']);
  });
});

test('what could not be written is refused, and can be written later', async () => {
  await using logs = createLogs(directory, nothingShort);
  await writeFile(directory, 'in the way');
  const much = `${'1'.repeat(20_000)}\n`;
  await logs.append(run, chunk(1, 'one\n'));
  const unavailable = { code: 'unavailable', message: /^the log of run_0+ cannot be .* check the disk/ };
  await assert.rejects(logs.append(run, chunk(2, much)), unavailable);
  await assert.rejects(texts(logs), unavailable);
  await rm(directory);
  await logs.append(run, chunk(2, much));
  assert.deepEqual(await texts(logs), ['one', '1'.repeat(20_000)]);
});

describe('a short log', () => {
  test('is handed over with the end of its run, and no file is made', async () => {
    let short: ShortLog | undefined;
    await using logs = createLogs(directory, async () => short);
    await logs.append(run, chunk(1, 'one\n'));
    await logs.append(run, chunk(2, 'two\n'));
    await logs.append(run, chunk(2, 'two\n'));
    const { result } = await logs.end(run, async log => {
      short = log.kind === 'short' ? log.log : undefined;
      return { isEnd: true, result: 'stored' };
    });
    assert.equal(result, 'stored');
    assert.deepEqual(await texts(logs), ['one', 'two']);
    assert.equal(Buffer.concat(await pieces(logs.raw(run))).toString(), 'one\ntwo\n');
    await assert.rejects(readdir(directory), { code: 'ENOENT' });
  });

  test('who reads it sooner finds it in files, and so it ends', async () => {
    await using logs = createLogs(directory, nothingShort);
    await logs.append(run, chunk(1, 'one\n'));
    assert.deepEqual(await texts(logs), ['one']);
    await logs.append(run, chunk(2, 'two\n'));
    await logs.end(run, async log => {
      assert.deepEqual(log, { kind: 'long', bytes: 8 });
      return { isEnd: true };
    });
    assert.deepEqual(await texts(logs), ['one', 'two']);
  });

  test('is kept when the end could not be stored, or was none', async () => {
    await using logs = createLogs(directory, nothingShort);
    await logs.append(run, chunk(1, 'one\n'));
    await assert.rejects(
      logs.end(run, () => Promise.reject(new Error('no disk'))),
      /no disk/,
    );
    await logs.end(run, async () => ({ isEnd: false }));
    assert.deepEqual(await texts(logs), ['one']);
  });

  test('who reads it while its end is being stored waits for that', async () => {
    let short: ShortLog | undefined;
    await using logs = createLogs(directory, async () => short);
    await logs.append(run, chunk(1, 'one\n'));
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    const ending = logs.end(run, async log => {
      await stored;
      short = log.kind === 'short' ? log.log : undefined;
      return { isEnd: true };
    });
    const reading = texts(logs);
    store();
    await ending;
    assert.deepEqual(await reading, ['one']);
    await assert.rejects(readdir(directory), { code: 'ENOENT' });
  });

  test('of which an earlier attempt has left a part in files is added to that', async () => {
    await leaveLog();
    await using logs = createLogs(directory, nothingShort);
    await logs.append(run, chunk(1, 'again\n', 2));
    await logs.end(run, async log => {
      assert.equal(log.kind, 'long');
      return { isEnd: true };
    });
    const lost = 'attempt 1 was lost: the end of its output may be missing';
    assert.deepEqual(await texts(logs), ['one', 'two', 'three', lost, 'again']);
  });

  test('of a second attempt says that nothing is left of the first', async () => {
    await using logs = createLogs(directory, nothingShort);
    await logs.append(run, chunk(1, 'again\n', 2));
    assert.deepEqual(await texts(logs), ['attempt 1 was lost: its output may be missing', 'again']);
  });
});

const onlyLinux = { skip: process.platform === 'linux' ? false : 'open files are counted in /proc' };
test('files that nobody writes to do not stay open', onlyLinux, async () => {
  await using logs = createLogs(directory, nothingShort);
  const openFiles = async () => (await readdir('/proc/self/fd')).length;
  const before = await openFiles();
  const runs = Array.from({ length: 300 }, (_, n) => runId(String(n).padStart(26, '0')));
  for (const of of runs) {
    await logs.append(of, chunk(1, `${of}\n`));
    assert.deepEqual(await texts(logs, of), [of]);
    await logs.end(of, ended);
  }
  assert.ok((await openFiles()) - before < 200);
  for (const of of runs) assert.deepEqual(await texts(logs, of), [of]);
});

test('a forgotten log is gone, and the run may log again', async () => {
  await using logs = createLogs(directory, nothingShort);
  await logs.append(run, chunk(1, 'one\n'));
  await logs.forget(run);
  assert.deepEqual(await texts(logs), []);
  const { bytes, index } = logPaths(directory, run);
  for (const file of [bytes, index]) await assert.rejects(readFile(file), { code: 'ENOENT' });
  await logs.append(run, chunk(1, 'new\n'));
  assert.deepEqual(await texts(logs), ['new']);
});

test('after it is closed nothing is written any more', async () => {
  const logs = createLogs(directory, nothingShort);
  await logs[Symbol.asyncDispose]();
  await assert.rejects(logs.append(run, chunk(1, 'one\n')), { code: 'unavailable' });
});

async function pieces(of: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const piece of of) all.push(piece);
  return all;
}
