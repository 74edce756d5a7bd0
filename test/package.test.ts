import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type InstalledPackage, installPackage } from './support/package.ts';
import { until } from './support/server.ts';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe('the published package', { timeout: 110_000 }, () => {
  let installed: InstalledPackage;
  before(async () => {
    installed = await installPackage();
  });
  after(() => installed?.[Symbol.dispose]());

  const env = (path = installed.path) => ({ PATH: path, HOME: installed.project });
  const run = (command: string, ...args: string[]) =>
    spawnSync(command, args, { cwd: installed.project, encoding: 'utf8', env: env() });
  const signalbox = (...args: string[]) => run(installed.program, ...args);
  const inPackage = (path: string) => join(installed.project, 'node_modules/signalbox', path);

  test('holds the program, its pages and its papers, and nothing that is only for making it', () => {
    const compiled = globSync('**/*.ts', {
      cwd: join(root, 'src'),
      exclude: ['**/*.test.ts', '**/*.suite.ts'],
    }).flatMap(file => ['.js', '.d.ts'].map(ending => `dist/${file.replace(/\.ts$/, ending)}`));
    const samples = globSync('cli/samples/*', { cwd: join(root, 'src') }).map(file => `dist/${file}`);
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin/signalbox', 'package.json'];
    const [pages, rest] = [true, false].map(isPage =>
      installed.packed.filter(path => path.startsWith('dist/web/') === isPage),
    );
    assert.deepEqual(rest?.sort(), [...compiled, ...samples, ...papers].sort());
    for (const page of ['index.html', 'favicon.svg']) assert.ok(pages?.includes(`dist/web/${page}`), page);
    for (const page of pages ?? []) assert.match(page, /\.(?:html|svg|css|js)$/);
  });

  test('says nothing of the machine that made it', () => {
    for (const path of installed.packed) {
      const text = readFileSync(inPackage(path), 'utf8');
      assert.ok(!text.includes(root), `${path} names the checkout`);
      assert.ok(!text.includes('sourceMappingURL'), `${path} names a source map`);
    }
  });

  test('brings what it needs and no more: no Node.js, no tools', () => {
    const modules = join(installed.project, 'node_modules');
    const packages = globSync(['*/package.json', '@*/*/package.json'], { cwd: modules }).map(file =>
      file.slice(0, -'/package.json'.length),
    );
    for (const needed of Object.keys(manifest.dependencies)) assert.ok(packages.includes(needed), needed);
    for (const tool of Object.keys(manifest.devDependencies)) assert.ok(!packages.includes(tool), tool);
    assert.deepEqual(
      packages.filter(name => name.startsWith('node')),
      [],
    );
    // 131 packages and 50 MB when this was written.
    assert.ok(packages.length < 150, `${packages.length} packages: ${packages.join(' ')}`);
    const bytes = readdirSync(modules, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);
    assert.ok(bytes < 80e6, `${Math.round(bytes / 1e6)} MB are installed`);
  });

  test('its command line speaks', () => {
    assert.equal(signalbox('--version').stdout, `${manifest.version}\n`);
    assert.match(signalbox('--help').stdout, /^Usage: signalbox COMMAND/);
    assert.equal(JSON.parse(signalbox('config', 'schema').stdout).title, 'signalbox.yaml');
    assert.match(signalbox('send', '--list').stdout, /^github\.push /m);
  });

  test('its demo, in an empty directory, comes to green, shows its pages, and ends well on Ctrl-C', async () => {
    const empty = join(installed.project, 'empty');
    mkdirSync(empty);
    const child = spawn(installed.program, ['dev'], {
      cwd: empty,
      env: env(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (piece: Buffer) => (output += piece.toString()));
      const ended = once(child, 'exit').then(([code]) => assert.fail(`ended with ${code}:\n${output}`));
      await Promise.race([ended, until(() => /^ +read /m.test(output), 'the demo to end')]);
      assert.match(output, /^Green /m);
      const [, admin = ''] = /admin (http:\S+)/.exec(output) ?? [];
      assert.match(await (await fetch(admin)).text(), /<title>/);
      const exit = once(child, 'exit');
      child.kill('SIGINT');
      assert.deepEqual(await exit, [0, null], output);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('programs can embed it, and its types are whole', () => {
    writeFileSync(join(installed.project, 'embed.ts'), embedding);
    const types = join(root, 'node_modules/@types');
    const options = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--lib',
      'es2024,esnext.disposable',
    ];
    const checked = run(
      join(root, 'node_modules/.bin/tsc'),
      ...options,
      '--noEmit',
      '--types',
      'node',
      '--typeRoots',
      types,
      'embed.ts',
    );
    assert.equal(checked.status, 0, checked.stdout);
    const { stdout, stderr, status } = run('node', '--disable-warning=ExperimentalWarning', 'embed.ts');
    assert.deepEqual([status, stdout], [0, 'ok true\n'], stderr);
  });

  test('an older Node.js is refused in one sentence', () => {
    const old = join(installed.project, 'old');
    mkdirSync(old);
    writeFileSync(join(old, 'node'), '#!/bin/sh\necho v20.20.2\n', { mode: 0o755 });
    const { status, stdout, stderr } = spawnSync(installed.program, ['--version'], {
      encoding: 'utf8',
      env: env(`${old}:${installed.path}`),
    });
    assert.deepEqual([status, stdout], [5, '']);
    assert.equal(stderr, 'signalbox: needs Node.js 24 or newer, found v20.20.2: install it and try again\n');
  });
});

/** A program that opens the house, asks it how it is, and closes it. */
const embedding = `
import {
  type Config, createMatchers, formatProblem, jobEnvironment, loadConfig, noOverrides, openApp, SignalboxError,
  uiDirectory, version,
} from 'signalbox';

const overrides = { ...noOverrides, host: '127.0.0.1', port: 0, adminPort: 0, data: 'embedded' };
function read(): Config {
  const loaded = loadConfig({ checks: createMatchers(), env: process.env }, null, overrides);
  if (loaded.result === 'loaded') return loaded.config;
  throw new SignalboxError('invalid', loaded.problems.map(formatProblem).join('\\n'));
}

const [drain, abandon] = [new AbortController(), new AbortController()];
const app = await openApp({
  config: read(),
  cwd: process.cwd(),
  env: process.env,
  readConfig: async () => read(),
  jobEnvironment: jobEnvironment(process.env),
  writeLog: () => {},
  version,
  uiDirectory: uiDirectory(),
  life: { drain: drain.signal, abandon: abandon.signal },
});
const health = await fetch(\`\${app.adminUrl}/healthz\`);
drain.abort();
await app.closed;
console.log('ok', health.ok);
`;
