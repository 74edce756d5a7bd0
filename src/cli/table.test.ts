import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cell, table } from './table.ts';
import { width } from './text.ts';

const columns = [
  { title: 'ID', shrinksTo: null },
  { title: 'WHAT', shrinksTo: 5 },
  { title: 'WHERE', shrinksTo: 5 },
];
const narrow = { colour: false, columns: 30 };
const pipe = { colour: false, columns: Number.POSITIVE_INFINITY };

test('columns are aligned and the last one is not padded', () => {
  const rows = [
    [cell('1'), cell('push to main'), cell('acme/app')],
    [cell('22'), cell('漢字'), cell('b')],
  ];
  assert.deepEqual(table(pipe, columns, rows), [
    'ID  WHAT          WHERE',
    '1   push to main  acme/app',
    '22  漢字          b',
  ]);
});

test('where it does not fit, what may shrink is cut, ids never', () => {
  const id = 'evt_0123456789';
  const rows = [[cell(id), cell('push to a very long branch'), cell('acme/app')]];
  assert.deepEqual(table(narrow, columns, rows), [
    'ID              WHAT    WHERE',
    'evt_0123456789  push…   acme/…',
  ]);
});

test('whatever stands in a cell, a row is one line and fits when it can', () => {
  const hostile = fc.string({ unit: 'binary', maxLength: 60 });
  fc.assert(
    fc.property(fc.array(fc.tuple(hostile, hostile), { maxLength: 5 }), pairs => {
      const lines = table(
        narrow,
        columns,
        pairs.map(([a, b]) => [cell('id'), cell(a), cell(b)]),
      );
      assert.equal(lines.length, pairs.length + 1);
      for (const line of lines) {
        assert.ok(width(line) <= narrow.columns);
        assert.doesNotMatch(line, /\p{Cc}/u);
      }
    }),
  );
});

test('colour wraps the text, not the padding', () => {
  const lines = table({ colour: true, columns: 80 }, columns, [[cell('1', 'green'), cell('a'), cell(null)]]);
  assert.equal(lines[1], '\u001b[32m1\u001b[39m   a');
});
