import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWords } from './condition.ts';

test('what a pattern takes away is no other choice', () => {
  const words = (...patterns: readonly string[]) => inWords({ kind: 'paths', patterns });
  assert.equal(words('src/**', 'lib/**', '!**/*.md'), 'changed path src/** or lib/** but not **/*.md');
  assert.equal(words('!docs/**', '!*.md'), 'changed path not docs/** or *.md');
  assert.equal(words('src/**'), 'changed path src/**');
});
