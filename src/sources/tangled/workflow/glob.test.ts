import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createGlob, usualEffort } from './glob.ts';

const matches = (pattern: string, name: string): boolean =>
  createGlob(pattern).matches(name, { left: usualEffort });

/** What doublestar v4 answers. */
const answers: readonly (readonly [pattern: string, name: string, matches: boolean])[] = [
  ['', '', true],
  ['', 'a', false],
  ['main', 'main', true],
  ['main', 'mai', false],
  ['main', 'main2', false],
  ['*', 'main', true],
  ['*', '', true],
  ['*', 'feature/x', false],
  ['*', '.hidden', true],
  ['**', 'feature/x', true],
  ['**', '', true],
  ['release-*', 'release-1', true],
  ['release-*', 'release-1/2', false],
  ['release-**', 'release-1.0.0', true],
  ['release-**', 'release-1/2', false],
  ['*-*', 'release-1-2', true],
  ['feature/*', 'feature', false],
  ['feature/*', 'feature/', true],
  ['feature/*', 'feature/a/b', false],
  ['feature/**', 'feature', true],
  ['feature/**', 'feature/', true],
  ['feature/**', 'feature/a/b', true],
  ['feature/**', 'features', false],
  ['feature/**/', 'feature', true],
  ['**/x', 'x', true],
  ['**/x', 'a/b/x', true],
  ['**/x', 'ax', false],
  ['**/*.ts', 'src/a/b.ts', true],
  ['src/**', 'src/a/b.ts', true],
  ['src/**/*.ts', 'src/b.ts', true],
  ['src/**/test/*.ts', 'src/a/b/test/c.ts', true],
  ['src/**/test/*.ts', 'src/a/b/test/c/d.ts', false],
  ['src/**/a/**/b', 'src/x/a/y/a/b', true],
  ['a**b', 'a/c/b', false],
  ['a**b', 'acb', true],
  ['**b', 'a/b', false],
  ['a/**b', 'a/b', true],
  ['?', 'a', true],
  ['?', '/', false],
  ['?', 'ä', true],
  ['?', '😀', true],
  ['v[0-9]*', 'v1.2', true],
  ['v[!0-9]*', 'va', true],
  ['v[!0-9]*', 'v1', false],
  ['v[^0-9]*', 'va', true],
  ['[a-]', '-', true],
  ['[-a]', '-', true],
  ['[\\]]', ']', true],
  ['[c-a]', 'b', false],
  ['a[/]b', 'a/b', true],
  ['{main,develop}', 'main', true],
  ['{main,develop}', 'develop', true],
  ['{main,develop}', 'main,develop', false],
  ['{a,b/**}/c', 'b/x/y/c', true],
  ['x{,y}', 'x', true],
  ['{a,{b,c}d}', 'cd', true],
  ['{**}/x', 'a/b/x', true],
  ['src/{**,x}', 'src/a/b', true],
  ['v{1..3}', 'v1', false],
  ['v{1..3}', 'v1..3', true],
  ['a,b', 'a,b', true],
  ['!main', 'develop', false],
  ['!main', '!main', true],
  ['+(a|b)', 'a', false],
  ['\\*', '*', true],
  ['\\*', 'a', false],
];

for (const [pattern, name, expected] of answers)
  test(`${JSON.stringify(pattern)} ${expected ? 'matches' : 'does not match'} ${JSON.stringify(name)}`, () => {
    assert.equal(matches(pattern, name), expected);
  });

for (const pattern of ['[', '[]', '[!]', '[a', '[a-', 'a{b', 'a}', '{a,[}', '\\', 'x[\\', 'a'.repeat(1_001)])
  test(`the pattern ${pattern.slice(0, 10)} is malformed, and said to be`, () => {
    assert.throws(() => createGlob(pattern), { code: 'invalid' });
  });

test('a pattern that asks for too much work is refused, and says so', () => {
  const glob = createGlob('**/a'.repeat(200));
  const name = 'a/'.repeat(2_000);
  assert.throws(() => glob.matches(name, { left: 100_000 }), /takes too long/);
});

test('groups that follow each other double nothing', () => {
  const pattern = `${'{a,a*,*a}'.repeat(100)}b`;
  const effort = { left: usualEffort };
  assert.equal(createGlob(pattern).matches('a'.repeat(300), effort), false);
  assert.ok(effort.left > 0);
  assert.equal(matches('{,}'.repeat(300), ''), true);
});

/** The ways through a pattern's groups. Where an option starts there is a <, where it ends a >. */
function expanded(pattern: string): string[] {
  const open = pattern.indexOf('{');
  if (open < 0) return [pattern];
  const commas: number[] = [];
  let depth = 0;
  let at = open;
  do {
    if (pattern[at] === '{') depth += 1;
    if (pattern[at] === '}') depth -= 1;
    if ((pattern[at] === ',' && depth === 1) || depth === 0) commas.push(at);
    at += 1;
  } while (depth > 0);
  return commas.flatMap((comma, index) => {
    const option = pattern.slice((commas[index - 1] ?? open) + 1, comma);
    return expanded(`${pattern.slice(0, open)}<${option}>${pattern.slice(at)}`);
  });
}

const nothing = ['', '*', '**', '/**', '**/', '/**/'];

/** The same in the plainest way: tries everything, one after the other. */
function naive(pattern: string, name: string, atStart = true): boolean {
  const [first = '', ...others] = pattern;
  const rest = others.join('');
  if (first === '>') return naive(rest, name, atStart);
  if (first === '<') return naive(rest, name, true);
  // Two stars, one of them within a group, are no pair.
  if (name === '') return nothing.includes(pattern.replaceAll(/>(?!\*)|(?<!\*)>/g, ''));
  const stars = /^\*\*?/.exec(pattern)?.[0] ?? '';
  if (stars !== '') {
    const after = pattern.slice(stars.length).replace(/^>+/, '');
    if (stars === '**' && atStart && after === '') return true;
    if (stars === '**' && atStart && after.startsWith('/'))
      return (
        naive(after.slice(1), name, true) ||
        name
          .split('')
          .some((character, at) => character === '/' && naive(after.slice(1), name.slice(at + 1), true))
      );
    for (let length = 0; length <= name.length; length += 1) {
      if (name.slice(0, length).includes('/')) return false;
      if (naive(after, name.slice(length), false)) return true;
    }
    return false;
  }
  if (first === '?') return !name.startsWith('/') && naive(rest, name.slice(1), false);
  return name.startsWith(first) && first !== '' && naive(rest, name.slice(1), first === '/');
}

test('answers what trying everything answers', () => {
  const piece = fc.constantFrom('a', 'b', '/', '/', '*', '**', '**/', '?');
  const flat = fc.array(piece, { maxLength: 5 }).map(pieces => pieces.join(''));
  const group = fc.array(flat, { minLength: 1, maxLength: 3 }).map(options => `{${options.join(',')}}`);
  const pattern = fc
    .array(fc.oneof({ weight: 4, arbitrary: piece }, { weight: 1, arbitrary: group }), { maxLength: 8 })
    .map(pieces => pieces.join(''));
  const name = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 7 }).map(pieces => pieces.join(''));
  fc.assert(
    fc.property(pattern, name, (pattern, name) => {
      assert.equal(
        matches(pattern, name),
        expanded(pattern).some(flat => naive(flat, name)),
      );
    }),
    { numRuns: 5_000 },
  );
});

test('whatever the pattern, there is an answer or it is malformed', () => {
  const text = fc.string({ unit: fc.constantFrom(...Array.from('ab/*?[]{},!^-\\.ä')), maxLength: 40 });
  fc.assert(
    fc.property(text, text, (pattern, name) => {
      try {
        assert.equal(typeof matches(pattern, name), 'boolean');
      } catch (error) {
        assert.match(String(error), /is malformed/);
      }
    }),
    { numRuns: 2_000 },
  );
});
