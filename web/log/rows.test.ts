import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { stepLine } from '../../src/domain/step.ts';
import type { LogMark } from '../wire.ts';
import { rowsOf } from './rows.ts';
import { type Section, sectionsOf } from './sections.ts';

const at = '2026-11-21T12:00:00.000Z';
const open = (seq: number, until: string | null, folded = true): LogMark => ({
  seq,
  at,
  kind: 'open',
  title: `section at ${seq}`,
  folded,
  until,
});
const close = (seq: number, until: string): LogMark => ({ seq, at, kind: 'close', until });
const says = (seq: number, text = 'it is over'): LogMark => ({ seq, at, kind: 'system', text });
const shape = (sections: readonly Section[]) =>
  sections.map(({ start, end, folded, depth }) => [start, end, folded, depth]);

describe('the sections of a log', () => {
  test('end where they are closed, with those inside them; a mark that closes nothing does nothing', () => {
    const marks = [open(1, 'group'), open(3, 'section a'), close(5, 'section b'), close(8, 'group')];
    assert.deepEqual(shape(sectionsOf(marks)), [
      [1, 8, true, 0],
      [3, 7, true, 1],
    ]);
  });

  test('without an end of their own last until the next, and the last is not folded', () => {
    assert.deepEqual(shape(sectionsOf([open(1, null), open(4, null, false), open(9, null)])), [
      [1, 3, true, 0],
      [4, 8, false, 0],
      [9, null, false, 0],
    ]);
    const reopened = [open(1, null), { seq: 3, at, kind: 'reopen' } as const, open(4, null)];
    assert.equal(sectionsOf(reopened)[0]?.folded, false);
  });

  test('A75: never hide what signalbox itself says', () => {
    assert.deepEqual(shape(sectionsOf([open(1, 'group'), says(4), close(9, 'group')])), [[1, 3, true, 0]]);
  });
});

test('steps that signalbox tells of are sections, around those of the job', () => {
  const tells = (seq: number, id: number, status: 'start' | 'more' | 'end') =>
    says(seq, stepLine({ id, kind: 'user', status, name: `step ${id}`, command: null }));
  const marks = [tells(1, 0, 'start'), open(2, 'group'), tells(5, 0, 'end'), tells(6, 1, 'start')];
  assert.deepEqual(shape(sectionsOf([...marks, tells(8, 0, 'more'), tells(9, 1, 'end')])), [
    [1, 5, false, 0],
    [2, 4, true, 1],
    [6, 7, false, 0],
    [8, null, false, 0],
  ]);
  assert.equal(sectionsOf(marks)[0]?.title, 'step 0');
});

test('what signalbox says within a step stands in it, until another attempt begins', () => {
  const tells = (seq: number, status: 'start' | 'end') =>
    says(seq, stepLine({ id: 0, kind: 'system', status, name: 'clone', command: null }));
  const clone = [tells(1, 'start'), says(2, 'fetching'), open(3, 'group'), says(5, 'checked out')];
  assert.deepEqual(shape(sectionsOf([...clone, tells(6, 'end')])), [
    [1, 6, false, 0],
    [3, 4, true, 1],
  ]);
  assert.deepEqual(shape(sectionsOf([...clone, says(6, 'attempt 2 on local')])), [
    [1, 5, false, 0],
    [3, 4, true, 1],
  ]);
});

describe('the rows of a log', () => {
  test('leave out folded sections, and the marks that close the others', () => {
    const sections = sectionsOf([
      open(2, 'group'),
      close(5, 'group'),
      open(6, 'group', false),
      close(8, 'group'),
    ]);
    const rows = rowsOf(9, sections, section => section.folded);
    assert.deepEqual(
      Array.from({ length: rows.count }, (_, row) => rows.lineOf(row)),
      [1, 2, 6, 7, 9],
    );
    assert.deepEqual(
      [1, 2, 3, 5, 6, 7, 8, 9].map(line => rows.rowOf(line)),
      [0, 1, 1, 1, 2, 3, 3, 4],
    );
  });

  test('and lines are the same in both directions, whatever is folded', () => {
    const mark = fc.record({
      seq: fc.integer({ min: 1, max: 60 }),
      kind: fc.constantFrom('open', 'close', 'next', 'system'),
      until: fc.constantFrom('group', 'section a'),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(mark, { selector: ({ seq }) => seq }),
        fc.func(fc.boolean()),
        (given, isFolded) => {
          const marks = given
            .toSorted((a, b) => a.seq - b.seq)
            .map(({ seq, kind, until }) =>
              kind === 'open'
                ? open(seq, until)
                : kind === 'close'
                  ? close(seq, until)
                  : kind === 'next'
                    ? open(seq, null)
                    : says(seq),
            );
          const rows = rowsOf(60, sectionsOf(marks), ({ start }) => isFolded(start));
          const lines = Array.from({ length: rows.count }, (_, row) => rows.lineOf(row));
          assert.deepEqual(
            lines,
            [...new Set(lines)].toSorted((a, b) => a - b),
          );
          assert.ok(lines.every(line => line >= 1 && line <= 60));
          lines.forEach((line, row) => assert.equal(rows.rowOf(line), row));
          for (const { seq, kind } of marks) if (kind === 'system') assert.ok(lines.includes(seq));
        },
      ),
    );
  });
});
