import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isRefName } from './ref-name.ts';

const gitSays = (text: string): boolean => spawnSync('git', ['check-ref-format', text]).status === 0;

test('says what git says', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      '.',
      '..',
      '@',
      '@{',
      '.lock',
      '-',
      '~',
      '^',
      ':',
      '?',
      '*',
      '[',
      '\\',
      ' ',
      '\t',
      '\x7f',
    ),
    fc.constantFrom('refs', 'heads', 'a', 'ü', '🚦', '$(id)', '{', ']', '\n', '\x80'),
  );
  const name = fc.array(piece, { minLength: 1, maxLength: 6 }).map(pieces => pieces.join(''));
  fc.assert(
    fc.property(fc.constantFrom('refs/heads/', 'refs', 'r'), name, (start, rest) => {
      const whole = start + rest;
      assert.equal(isRefName(whole), gitSays(whole), JSON.stringify(whole));
    }),
    { numRuns: 300 },
  );
});

test('what cannot be an argument cannot be a name', () => {
  assert.equal(isRefName('refs/heads/a\0b'), false);
});
