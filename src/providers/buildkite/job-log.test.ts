import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { KnownLog } from '../../contracts/provider.ts';
import type { Answer, Question } from './exchange.ts';
import { readLog } from './job-log.ts';

const signal = new AbortController().signal;
const most = 1_000_000;

/** A log that is asked for as Buildkite lets it be asked; `ranges` false: something in between drops that part. */
function served(log: Buffer, ranges = true) {
  const asked: Question[] = [];
  const answered = (status: number, body: Buffer, range = ''): Extract<Answer, { result: 'answered' }> => ({
    result: 'answered',
    status,
    headers: new Headers(range === '' ? {} : { 'content-range': range }),
    body,
    isCut: false,
  });
  return {
    asked,
    exchange: {
      insist: async (question: Question) => {
        asked.push(question);
        const wanted = question.headers?.['range'];
        if (wanted === undefined || !ranges) return answered(200, log.subarray(0, question.mostBytes));
        if (log.length === 0) return answered(416, Buffer.alloc(0));
        const from = Math.max(0, log.length - Number(wanted.replace('bytes=-', '')));
        return answered(206, log.subarray(from), `bytes ${from}-${log.length - 1}/${log.length}`);
      },
    },
  };
}

const knownOf = (log: Buffer, bytes = log.length): KnownLog => ({
  bytes,
  tail: log.subarray(Math.max(0, bytes - 256), bytes),
});

describe('a log of which only the end can be asked for', () => {
  const read = (log: Buffer, known: KnownLog, mostBytes = most) => {
    const { exchange, asked } = served(log);
    return readLog(exchange, '/log', known, mostBytes, signal).then(news => ({ news, asked }));
  };

  test('is read from where it was left, wherever it was cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 2_000 }),
        fc.nat(),
        fc.nat(60_000),
        fc.boolean(),
        async (text, cut, more, ranges) => {
          const log = Buffer.from(text + 'é\u{1f682}\x1b[31m\r\n'.repeat(more / 20));
          const at = cut % (log.length + 1);
          const { exchange } = served(log, ranges);
          const news = await readLog(exchange, '/log', knownOf(log, at), most, signal);
          assert.equal(news.result, 'more');
          assert.deepEqual(Buffer.from(news.bytes), log.subarray(at));
        },
      ),
    );
  });

  test('costs one request when it has grown as usual, and two when it has grown a lot', async () => {
    const log = Buffer.alloc(200_000, 'abcdefg\n');
    assert.equal((await read(log, knownOf(log))).asked.length, 1);
    assert.equal((await read(log, knownOf(log, 190_000))).asked.length, 1);
    assert.equal((await read(log, knownOf(log, 1_000))).asked.length, 2);
  });

  test('is another one when it has become shorter, or is not what was known', async () => {
    const old = Buffer.from('the log of the first try\n');
    for (const log of [Buffer.from('try 2\n'), Buffer.from('the log of the other one, which is longer\n')]) {
      const { news } = await read(log, knownOf(old));
      assert.equal(news.result, 'another');
      assert.deepEqual(Buffer.from(news.bytes), log);
    }
  });

  test('may be empty, or not there yet', async () => {
    const { news } = await read(Buffer.alloc(0), knownOf(Buffer.alloc(0)));
    assert.deepEqual(news, { result: 'more', bytes: Buffer.alloc(0) });
    const { news: gone } = await read(Buffer.alloc(0), knownOf(Buffer.from('what was there')));
    assert.equal(gone.result, 'another');
  });

  test('is read up to where nobody reads on', async () => {
    const log = Buffer.alloc(100_000, 'abcdefg\n');
    const { news } = await read(log, knownOf(log, 1_000), 1_500);
    assert.ok(news.result === 'more' && news.bytes.length === 500);
  });
});
