import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** What each room in `src/` may import besides itself. Tests may import what they test with; suites also Node and packages. */
const adapter = ['contracts', 'domain', 'lib', 'node:', 'packages'];
const builders = [
  'sources',
  'store',
  'transport',
  'checkout',
  'executors',
  'providers',
  'reporters',
  'config',
  'clock',
  'matchers',
];
const rooms: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  lib: ['node:'],
  contracts: ['domain'],
  engine: ['contracts', 'domain'],
  sources: adapter,
  store: adapter,
  transport: adapter,
  checkout: adapter,
  executors: adapter,
  providers: adapter,
  reporters: adapter,
  config: adapter,
  clock: adapter,
  matchers: adapter,
  server: ['engine', ...adapter],
  app: [
    ...builders,
    'server',
    'engine',
    'in-force',
    'app-options',
    'app-faults',
    'app-hooks',
    'app-onlooker',
    'app-parts',
    ...adapter,
  ],
  'app-hooks': ['sources', 'engine', 'server', 'config', ...adapter],
  'app-parts': [...builders, 'server', 'engine', 'in-force', 'app-faults', 'app-hooks', ...adapter],
  'app-options': ['config', 'sources', 'app-onlooker', ...adapter],
  'app-faults': ['contracts', 'lib'],
  'app-onlooker': ['contracts', 'lib'],
  'app-agent': [...builders, 'server', 'engine', 'app-parts', 'app-hooks', ...adapter],
  cli: [
    'app',
    'app-agent',
    'app-options',
    'app-parts',
    'server',
    'engine',
    'sources',
    'config',
    'matchers',
    'store',
    'transport',
    ...adapter,
  ],
  'in-force': ['server', 'sources', 'reporters', 'config', ...adapter],
  index: ['app', 'app-options', 'cli', 'config', 'contracts', 'domain', 'matchers'],
};

const src = join(import.meta.dirname, '..', 'src');
const files = globSync('**/*.ts', { cwd: src }).filter(file => !file.endsWith('.test.ts'));
const roomOf = (file: string) => file.replace(/\.ts$/, '').split('/')[0] ?? '';

/** What a file imports: the specifier, and the room (or `node:`, or `packages`) it leads to. */
function importsOf(file: string): { specifier: string; target: string }[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = text.matchAll(
    /(?:^(?:import|export)\s[^;'"]*?\bfrom\s*|^import\s*|\bimport\()['"]([^'"]+)['"]/gm,
  );
  return [...found].map(([, specifier = '']) => {
    if (specifier.startsWith('.'))
      return { specifier, target: roomOf(normalize(join(dirname(file), specifier))) };
    return { specifier, target: specifier.startsWith('node:') ? 'node:' : 'packages' };
  });
}

test('imports only go down', () => {
  let seen = 0;
  for (const file of files) {
    const room = roomOf(file);
    const below = rooms[room];
    assert.ok(below, `src/${file} stands in no known room`);
    const allowed = file.endsWith('.suite.ts') ? [...below, 'node:', 'packages'] : below;
    for (const { specifier, target } of importsOf(file)) {
      seen += 1;
      assert.ok(
        target === room || allowed.includes(target),
        `src/${file} imports ${specifier}: ${room} may not know ${target}`,
      );
    }
  }
  assert.ok(files.length > 30 && seen > 100, `looked at too little: ${files.length} files, ${seen} imports`);
});

test('relative imports end in .ts, built-in modules begin with node:', () => {
  for (const file of files)
    for (const { specifier } of importsOf(file)) {
      assert.ok(
        specifier.startsWith('node:') || !builtinModules.includes(specifier),
        `src/${file}: write node:${specifier}`,
      );
      assert.ok(
        !specifier.startsWith('.') || specifier.endsWith('.ts'),
        `src/${file}: ${specifier} lacks .ts`,
      );
    }
});
