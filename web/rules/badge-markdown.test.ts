import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badgeMarkdown } from './badge-markdown.ts';

test('a badge in a README leads to its rule, whatever the rule is called', () => {
  assert.equal(
    badgeMarkdown('https://ci.example.org', 'unit', '#/rules/unit'),
    '[![unit](https://ci.example.org/badge/unit.svg)](https://ci.example.org/#/rules/unit)',
  );
  assert.equal(
    badgeMarkdown('https://x', 'a](b) c', '#/rules/a%5D(b)%20c'),
    '[![a\\](b) c](https://x/badge/a%5D%28b%29%20c.svg)](https://x/#/rules/a%5D%28b%29%20c)',
  );
});
