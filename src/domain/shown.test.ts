import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, listed, masked, shown } from './shown.ts';

test('values as they stand in a sentence', () => {
  assert.equal(shown('main'), '"main"');
  assert.equal(shown('say "hi"\n'), '"say \\"hi\\"\\n"');
  assert.equal(shown(null), 'null');
  assert.equal(shown(7), '7');
  assert.equal(shown(true), 'true');
  assert.equal(shown([]), '[]');
  assert.equal(shown(['a', 'b']), '["a", "b"]');
  assert.equal(shown(['1', '2', '3', '4', '5', '6', '7']), '["1", "2", "3", "4", "5", … 7 in all]');
  assert.equal(shown([{ sha: 'a' }, { sha: 'b' }]), 'a list of 2');
  assert.equal(shown({ id: '7', name: 'ann' }), '{id, name}');
  assert.equal(cut('x'.repeat(101)), `${'x'.repeat(100)}…`);
  assert.equal(listed(['a', 'b', 'c'], 2), 'a, b, … 3 in all');
});

test('what looks like a credential is masked, what does not is left alone', () => {
  const secrets = [
    `ghp_${'a1B2'.repeat(9)}`,
    `github_pat_${'a1B2'.repeat(9)}`,
    `glpat-${'a1B2'.repeat(5)}`,
    `npm_${'a1B2'.repeat(9)}`,
    'AKIAABCDEFGHIJKLMNOP',
    `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(20)}.${'b'.repeat(20)}`,
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE',
  ];
  for (const secret of secrets) assert.equal(masked(`before ${secret}`), 'before ***');
  assert.equal(masked('https://ann:hunter2@example.org/x.git'), 'https://ann:***@example.org/x.git');
  for (const harmless of [
    'a'.repeat(40),
    'feature/ghp_x',
    'https://example.org:8080/x@y',
    'sk-1',
    'eyJust words.',
  ])
    assert.equal(masked(harmless), harmless);
  assert.ok(
    !cut(`${'x'.repeat(90)} ${secrets[0]}`).includes('ghp_'),
    'a credential is masked before it is cut in half',
  );
});
