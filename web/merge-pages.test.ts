import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mergePages } from './merge-pages.ts';

const page = (ids: readonly number[], next: string | null) => ({
  items: ids.map(id => ({ id: `${id}` })),
  next,
});

describe('a list that is read again', () => {
  test('gets what is new above, and keeps what is old and where that goes on', () => {
    assert.deepEqual(
      mergePages(page([9, 8, 7], 'after 7'), page([8, 7, 6, 5], 'after 5')),
      page([9, 8, 7, 6, 5], 'after 5'),
    );
  });

  test('is the first page alone when that does not reach down to the old list', () => {
    assert.deepEqual(mergePages(page([9, 8], 'after 8'), page([5, 4], 'after 4')), page([9, 8], 'after 8'));
  });

  test('is the first page alone when nothing was listed, or nothing is older', () => {
    assert.deepEqual(mergePages(page([2, 1], null), null), page([2, 1], null));
    assert.deepEqual(mergePages(page([2, 1], null), page([1], null)), page([2, 1], null));
  });

  test('begins anew when it has grown too long', () => {
    const many = Array.from({ length: 500 }, (_, at) => 500 - at);
    assert.deepEqual(
      mergePages(page([501, 500], 'after 500'), page(many, 'after 1')),
      page([501, 500], 'after 500'),
    );
  });
});
