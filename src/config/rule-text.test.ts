import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ruleText } from './rule-text.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-rule-text-'));
after(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'signalbox.yaml');

test('a rule is told as the file says it, with its comments, as a list of one', () => {
  writeFileSync(
    file,
    `version: 1
rules:
  - { name: short, on: push, run: make }
  - name: unit
    # by hand
    on: [push, patch]
    run: |
      npm ci
        npm test

  - name: last
    on: tag
`,
  );
  assert.equal(ruleText(file, 'short'), '- { name: short, on: push, run: make }\n');
  assert.equal(
    ruleText(file, 'unit'),
    '- name: unit\n  # by hand\n  on: [push, patch]\n  run: |\n    npm ci\n      npm test\n',
  );
  assert.equal(ruleText(file, 'last'), '- name: last\n  on: tag\n');
});

test('what the file does not say is null', () => {
  assert.equal(ruleText(file, 'other'), null);
  assert.equal(ruleText(null, 'unit'), null);
  assert.equal(ruleText(join(directory, 'none.yaml'), 'unit'), null);
  for (const text of ['rules: [', 'rules: 7', 'rules: [7, ~, [name]]', '']) {
    writeFileSync(file, text);
    assert.equal(ruleText(file, 'unit'), null, text);
  }
});
