import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

const src = join(import.meta.dirname, '..', 'src');
const adapter = ['contracts', 'domain', 'lib', 'node:', 'packages'];

/** What each room may import besides itself. */
const rooms: Record<string, readonly string[]> = {
  domain: [],
  lib: ['node:'],
  contracts: ['domain'],
  engine: ['contracts', 'domain'],
  sources: adapter,
  store: adapter,
  transport: adapter,
  checkout: adapter,
  executors: adapter,
  reporters: adapter,
  config: adapter,
  clock: adapter,
  matchers: adapter,
  server: ['engine', 'contracts', 'domain', 'lib', 'node:', 'packages'],
  cli: ['app', 'server', 'engine', ...Object.keys({ config: 1, sources: 1, matchers: 1, clock: 1 }), ...adapter],
  app: [
    'server', 'engine', 'sources', 'store', 'transport', 'checkout', 'executors', 'reporters',
    'config', 'clock', 'matchers', ...adapter,
  ],
  index: ['app', 'contracts', 'domain', 'config', 'engine'],
};

/** Tests and suites run things: they may use Node and packages wherever they stand. */
const isTest = (file: string) => /\.(test|suite)\.ts$/.test(file);
const files = globSync('**/*.ts', { cwd: src });
const roomOf = (file: string) => file.replace(/\.ts$/, '').split('/')[0] ?? '';

function* imports(file: string): Generator<{ specifier: string; target: string }> {
  const text = readFileSync(join(src, file), 'utf8');
  for (const [, specifier = ''] of text.matchAll(/^(?:import|export)\b[^;'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm)) {
    if (specifier.startsWith('.')) yield { specifier, target: roomOf(normalize(join(dirname(file), specifier))) };
    else yield { specifier, target: specifier.startsWith('node:') ? 'node:' : 'packages' };
  }
}

test('imports only go down', () => {
  let seen = 0;
  for (const file of files) {
    const room = roomOf(file);
    const allowed = rooms[room];
    assert.ok(allowed, `${file} stands in no known room`);
    for (const { specifier, target } of imports(file)) {
      seen += 1;
      const free = isTest(file) && (target === 'node:' || target === 'packages' || target === '..' || !(target in rooms) || adapter.includes(target));
      const testOfAdapter = isTest(file) && room !== 'domain';
      assert.ok(
        target === room || allowed.includes(target) || free || testOfAdapter,
        `${file} imports ${specifier}: ${room} may not know ${target}`,
      );
    }
  }
  assert.ok(files.length > 40 && seen > 150, `looked at too little: ${files.length} files, ${seen} imports`);
});

test('built-in modules are written with node:', () => {
  for (const file of files)
    for (const { specifier } of imports(file)) assert.ok(!builtinModules.includes(specifier), `${file}: write node:${specifier}`);
});

test('only app.ts builds the adapters', () => {
  const adapters = ['sources', 'store', 'transport', 'checkout', 'executors', 'reporters'];
  for (const file of files.filter(file => !isTest(file) && roomOf(file) !== 'app'))
    for (const { specifier, target } of imports(file))
      assert.ok(!adapters.includes(target) || target === roomOf(file) , `${file} imports the adapter ${specifier}`);
});
