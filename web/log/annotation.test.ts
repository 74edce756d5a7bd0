import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotationOf } from './annotation.ts';

test('a line tells of a place in the code', () => {
  assert.deepEqual(annotationOf('::error file=src/a.ts,line=3,col=7::no such name'), {
    level: 'error',
    text: 'no such name',
    place: 'src/a.ts:3',
  });
  assert.deepEqual(annotationOf('::warning::careful'), { level: 'warning', text: 'careful', place: '' });
  assert.equal(annotationOf('::group::x'), null);
  assert.equal(annotationOf('error: x'), null);
});
