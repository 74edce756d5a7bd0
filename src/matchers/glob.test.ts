import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import picomatch from 'picomatch';
import { checkGlob, createGlobs } from './glob.ts';

const glob = createGlobs();

test('what patterns match', () => {
  const cases: readonly (readonly [pattern: string, text: string, expected: boolean])[] = [
    ['main', 'main', true],
    ['main', 'mainline', false],
    ['Main', 'main', false],
    ['acme/*', 'acme/app', true],
    ['acme/*', 'acme/group/app', false],
    ['acme/*', 'acme/', false],
    ['*', 'release/1.0', false],
    ['**', 'release/1.0', true],
    ['release/*', 'release/1.0', true],
    ['src/**', 'src/a/b.ts', true],
    ['src/**', 'src', false],
    ['src/**/*.ts', 'src/a.ts', true],
    ['src/**/*.ts', 'src/a/b/c.ts', true],
    ['**/*.md', 'README.md', true],
    ['**/*.md', 'docs/a/b.md', true],
    ['**.md', 'docs/a/b.md', true],
    ['*.md', 'docs/a.md', false],
    ['**/.github/**', '.github/workflows/ci.yml', true],
    ['*', '.env', true],
    ['v?.0', 'v1.0', true],
    ['v?.0', 'v10.0', false],
    ['a?b', 'a/b', false],
    ['v[0-9].[!0]', 'v1.2', true],
    ['v[0-9].[^0]', 'v1.0', false],
    ['[]-]', ']', true],
    ['{main,release/*}', 'release/2', true],
    ['src/{a,b/**}/*.{ts,tsx}', 'src/b/x/y.tsx', true],
    ['{x}', '{x}', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['läuft/?', 'läuft/🚦', true],
    ['a(b)', 'a(b)', true],
  ];
  for (const [pattern, text, expected] of cases)
    assert.equal(glob(pattern, text), expected, `${pattern} on ${text}`);
});

test('what is wrong with a pattern is told, with its place, and such a pattern matches nothing', () => {
  const cases: readonly (readonly [pattern: string, offset: number, message: RegExp])[] = [
    ['', 0, /is empty/],
    ['src/[a-', 4, /\[ is never closed/],
    ['a{b,c', 1, /\{ is never closed/],
    ['a\\', 1, /nothing follows/],
    ['src/+(a|b)', 4, /\+\(…\) is not known here: write \{a,b\}/],
    ['x'.repeat(257), 256, /longer than 256/],
    ['{a,b}'.repeat(7), 35, /more than 64 alternatives/],
  ];
  for (const [pattern, offset, message] of cases) {
    const flaw = checkGlob(pattern);
    assert.match(flaw?.message ?? '', message, pattern);
    assert.equal(flaw?.offset, offset, pattern);
    assert.equal(glob(pattern, pattern), false);
  }
  assert.equal(checkGlob('src/**/*.{ts,tsx}'), null);
});

test('patterns that make regular expressions backtrack for hours are answered', () => {
  assert.equal(glob(`${'*a'.repeat(120)}b`, 'a'.repeat(4096)), false);
  assert.equal(glob(`${'**/a/'.repeat(50)}b`, 'a/'.repeat(2000)), false);
  assert.equal(glob('**', 'a'.repeat(4097)), false, 'no path is longer than 4096 characters');
});

test('any pattern and any text: an answer, never an exception', () => {
  const pattern = fc.string({ unit: fc.constantFrom(...Array.from('ab/*?[]{},!^\\-()+@.é🚦')) });
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom(...Array.from('ab/.é🚦')) }), (pattern, text) => {
      const matched = glob(pattern, text);
      assert.ok(!matched || checkGlob(pattern) === null);
    }),
  );
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 50 }), text => {
      const literally = Array.from(text, char => `\\${char}`).join('');
      assert.ok(glob(literally, text), 'escaped, a text matches itself');
    }),
  );
});

test('agrees with a well-known matcher', () => {
  const segment = fc.constantFrom(...'a ab * a* *b ? a?b ** [ab] [^a] {a,b} {a,b*}c .x *.*'.split(' '));
  const name = fc.constantFrom(...'a b ab abc .x a.b c axb bb'.split(' '));
  // Where patterns end in `/**` the two differ on purpose: to us `a/**` is what lies in `a`, not `a` itself.
  const pattern = joined(segment).filter(pattern => !pattern.endsWith('/**'));
  fc.assert(
    fc.property(pattern, joined(name), (pattern, path) => {
      assert.equal(
        glob(pattern, path),
        picomatch.isMatch(path, pattern, { dot: true }),
        `${pattern} on ${path}`,
      );
    }),
    { numRuns: 2000 },
  );
});

const joined = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(part, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));
