import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepLine } from '../../src/domain/step.ts';
import { beginsAttempt, ownWords } from './own-words.ts';

test('the end of a step is told in words, on one line', () => {
  const end = stepLine({ id: 1, kind: 'user', status: 'end', name: 'unit\ntests', command: 'npm test' });
  assert.equal(ownWords(end), 'unit tests has ended');
  assert.equal(ownWords('checked out abc'), 'checked out abc');
  assert.deepEqual(['attempt 2 on box', 'an attempt 2 on box'].map(beginsAttempt), [true, false]);
});
