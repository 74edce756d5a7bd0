import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createJobLog, type JobLog } from './job-log.ts';
import { countLines, nothingPrinted, type Printed } from './printed.ts';

const more = (text: string) => ({ result: 'more', bytes: Buffer.from(text) }) as const;
const another = (text: string) => ({ result: 'another', bytes: Buffer.from(text) }) as const;

function printedOf(...lines: readonly string[]): Printed {
  const count = countLines();
  for (const line of lines) count.add(line);
  return count.now();
}

/** What all of it prints; `|` is where it starts again. */
function told(log: JobLog, ...news: readonly Parameters<JobLog['take']>[0][]): readonly string[] {
  return [...news.map(each => log.take(each)), log.end()].flatMap(({ isNewStart, lines }) => [
    ...(isNewStart ? ['|'] : []),
    ...lines,
  ]);
}

describe('the log of a job', () => {
  test('is printed as it comes, in whole lines', () => {
    const log = createJobLog(nothingPrinted);
    assert.deepEqual(told(log, more('on'), more('e\ntw'), more('o')), ['one', 'two']);
    assert.equal(log.known.bytes, 7);
  });

  test('goes on where a former attempt was', () => {
    const log = () => createJobLog(printedOf('one', 'two'));
    assert.deepEqual(told(log(), more('one\ntwo\nthree\n')), ['three']);
    assert.deepEqual(told(log(), more('one\n'), more('two\n'), more('three\n')), ['three']);
    assert.deepEqual(told(log(), more('one\ntwo')), []);
  });

  test('starts again where it is not what was printed', () => {
    const log = () => createJobLog(printedOf('one', 'two'));
    assert.deepEqual(told(log(), more('uno\ndue\ntre\n')), ['|', 'uno', 'due', 'tre']);
    assert.deepEqual(told(log(), more('one\n')), ['|', 'one']);
  });

  test('starts again when it becomes another one, and goes on when that begins the same', () => {
    const log = () => createJobLog(nothingPrinted);
    assert.deepEqual(told(log(), more('one\ntwo\n'), another('1\n2\n3\n')), [
      'one',
      'two',
      '|',
      '1',
      '2',
      '3',
    ]);
    assert.deepEqual(told(log(), more('one\ntwo\n'), another('one\ntwo\n3\n')), ['one', 'two', '3']);
    assert.deepEqual(told(log(), more('one\n'), another(''), more('two\n')), ['one', '|', 'two']);
    assert.deepEqual(told(log(), another('one\n')), ['one']);
  });

  test('knows its end, to be found again by', () => {
    const log = createJobLog(nothingPrinted);
    log.take(more('x'.repeat(300)));
    log.take(more('end'));
    assert.equal(Buffer.from(log.known.tail).toString(), `${'x'.repeat(253)}end`);
    assert.equal(log.known.bytes, 303);
  });
});

test('whatever was printed when an attempt ended, no line is lost, doubled or mixed up', () => {
  const line = fc.string({ minLength: 1, maxLength: 5 }).filter(text => !/\p{Cc}/u.test(text));
  fc.assert(
    fc.property(fc.array(line), fc.nat(), fc.nat(), (lines, first, cut) => {
      const text = lines.map(each => `${each}\n`).join('');
      const before = lines.slice(0, first % (lines.length + 1));
      const at = cut % (text.length + 1);
      const log = createJobLog(printedOf(...before));
      const after = told(log, more(text.slice(0, at)), more(text.slice(at)));
      assert.deepEqual([...before, ...after], lines);
    }),
  );
});
