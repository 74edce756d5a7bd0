import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { LogLine } from '../wire.ts';
import { append, emptyWindow, jump, type LogWindow, mostLines, prepend } from './log-window.ts';

const lines = (from: number, to: number): readonly LogLine[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => {
    const seq = from + at;
    return { seq, at: '2026-11-21T03:00:00.000Z', stream: 'stdout', text: `line ${seq}` };
  });
/** Its first line, its last, and the last that is known. */
const edges = ({ lines, newest }: LogWindow): readonly (number | undefined)[] => {
  return [lines[0]?.seq, lines.at(-1)?.seq, newest];
};

describe('the window of a log', () => {
  test('moves with the end while it follows, and never grows beyond its bound', () => {
    const full = append(emptyWindow, lines(1, mostLines + 10), true);
    assert.deepEqual(edges(full), [11, mostLines + 10, mostLines + 10]);
    assert.deepEqual(edges(append(full, lines(mostLines + 11, mostLines + 12), true)), [
      13,
      mostLines + 12,
      mostLines + 12,
    ]);
  });

  test('stands still when it does not follow, and knows what it does not show', () => {
    const full = append(emptyWindow, lines(1, mostLines), false);
    assert.deepEqual(edges(append(full, lines(mostLines + 1, mostLines + 7), false)), [
      1,
      mostLines,
      mostLines + 7,
    ]);
  });

  test('takes a line once, also when the stream repeats itself', () => {
    const some = append(emptyWindow, lines(1, 5), true);
    assert.deepEqual(edges(append(some, lines(3, 8), true)), [1, 8, 8]);
    assert.deepEqual(edges(append(some, lines(2, 4), true)), [1, 5, 5]);
  });

  test('moves up, and drops at its other end what is too much', () => {
    const low = append(emptyWindow, lines(2_001, 2_000 + mostLines), true);
    assert.deepEqual(edges(prepend(low, lines(1_001, 2_000))), [1_001, 1_000 + mostLines, 2_000 + mostLines]);
  });

  test('jumps elsewhere', () => {
    const low = append(emptyWindow, lines(1, 10), true);
    assert.deepEqual(edges(jump(low, lines(500, 600))), [500, 600, 600]);
  });

  test('has no gap and no line twice, whatever is done to it', () => {
    const step = fc.record({
      kind: fc.constantFrom('append', 'follow', 'prepend', 'jump'),
      from: fc.integer({ min: 1, max: 12_000 }),
      count: fc.integer({ min: 0, max: 4_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), steps => {
        let window = emptyWindow;
        for (const { kind, from, count } of steps) {
          const some = lines(from, from + count - 1);
          if (kind === 'prepend') {
            const first = window.lines[0]?.seq ?? 1;
            window = prepend(window, lines(Math.max(1, first - count), first - 1));
          } else if (kind === 'jump') window = jump(window, some);
          else window = append(window, some, kind === 'follow');
          const first = window.lines[0]?.seq ?? 0;
          assert.ok(window.lines.every((line, at) => line.seq === first + at));
          assert.ok(window.lines.length <= mostLines);
          assert.ok(window.newest >= (window.lines.at(-1)?.seq ?? 0));
        }
      }),
      { numRuns: 30 },
    );
  });
});
