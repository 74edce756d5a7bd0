import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { until } from './support/server.ts';

/** From a fresh clone to a program that runs: the real scripts, and an npm that puts down folders instead of fetching them. */

const root = join(import.meta.dirname, '..');
const runtime = `node-linux-${process.arch}`;

/** A folder with what `scripts/ready.sh` looks at, in a path that is not easy on shells. */
let home: string;
let checkout: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'signalbox-ready-'));
  chmodSync(home, 0o755);
  checkout = join(home, 'a check out');
  for (const folder of [
    'bin',
    'old',
    'new',
    'a check out/scripts',
    'a check out/runtime',
    'a check out/src/cli',
  ])
    mkdirSync(join(home, folder), { recursive: true });
  for (const file of ['bin/signalbox', 'scripts/ready.sh'])
    cpSync(join(root, file), join(checkout, file), { recursive: true });
  for (const lock of ['package-lock.json', 'runtime/package-lock.json'])
    writeFileSync(join(checkout, lock), '{}');
  writeFileSync(join(checkout, 'src/cli/main.ts'), 'const text: string = "it runs"; console.log(text);');
  program('old/node', 'echo v20.20.2');
  program('new/node', 'echo v24.99.0');
  program(
    'bin/npm',
    `
echo "npm $1 in $(basename "$PWD") by $(node --version)" >> "${home}/npm.log"
test ! -e "${home}/npm-fails" || exit 1
rm -rf node_modules
mkdir -p node_modules/${runtime}/bin
ln -s "${process.execPath}" node_modules/${runtime}/bin/node
while test -e "${home}/npm-waits"; do sleep 0.05; done`,
  );
});
afterEach(() => {
  chmodSync(checkout, 0o755);
  rmSync(home, { recursive: true });
});

/** Puts a shell script where PATH finds it. */
function program(path: string, text: string): void {
  writeFileSync(join(home, path), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** The environment of somebody whose first `node` is the old or the new one. */
const withNode = (which: 'old' | 'new') => ({
  PATH: [join(home, which), join(home, 'bin'), '/usr/bin', '/bin'].join(':'),
});

const npmCalls = () =>
  existsSync(join(home, 'npm.log')) ? readFileSync(join(home, 'npm.log'), 'utf8').trimEnd().split('\n') : [];

function ready(command: readonly string[], node: 'old' | 'new' = 'old', options: object = {}) {
  return spawnSync('sh', [join(checkout, 'scripts/ready.sh'), ...command], {
    encoding: 'utf8',
    env: withNode(node),
    ...options,
  });
}

/** The same, while the test goes on; in a process group of its own. */
function begin(command: readonly string[]): {
  child: ChildProcess;
  said: () => string;
  ended: Promise<unknown>;
} {
  const child = spawn('sh', [join(checkout, 'scripts/ready.sh'), ...command], {
    env: withNode('old'),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
  return { child, said: () => said, ended: once(child, 'close') };
}

/** What both folders cost once; the second npm runs by the Node.js that the first one brought. */
const bothInstalled = ['npm ci in runtime by v20.20.2', `npm ci in a check out by ${process.version}`];
const linuxOnly = { skip: process.platform === 'linux' ? false : 'a Node.js is only brought along on Linux' };

describe('an older Node.js', linuxOnly, () => {
  test('is replaced once, in this folder alone; the arguments arrive as they are', () => {
    const script = 'console.log(process.version, process.argv.slice(1))';
    const first = ready(['node', '-e', script, 'two words', '$HOME', '']);
    assert.equal(first.stdout, `${process.version} [ 'two words', '$HOME', '' ]\n`, first.stderr);
    assert.match(
      first.stderr,
      /^signalbox: installing Node\.js 24 \(this machine's: v20\.20\.2\) \(once\)\n/,
    );
    assert.deepEqual(npmCalls(), bothInstalled);
    const second = ready(['node', '-v']);
    assert.deepEqual([second.stdout, second.stderr], [`${process.version}\n`, '']);
    assert.deepEqual(npmCalls(), bothInstalled);
  });

  test('bin/signalbox runs from anywhere: by links to it, and to its folder', () => {
    const [file, folder] = [join(home, 'link'), join(home, 'folder')];
    symlinkSync('a check out/bin/signalbox', file);
    symlinkSync(join(checkout, 'bin'), folder);
    for (const path of [join(checkout, 'bin/signalbox'), file, join(folder, 'signalbox')]) {
      const { stdout, stderr } = spawnSync(path, { encoding: 'utf8', env: withNode('old'), cwd: '/' });
      assert.equal(stdout, 'it runs\n', `${path}: ${stderr}`);
    }
    assert.deepEqual(npmCalls(), bothInstalled);
  });

  test('two first starts at once install once; the second says what it waits for', async () => {
    writeFileSync(join(home, 'npm-waits'), '');
    const one = begin(['true']);
    await until(() => npmCalls().length === 1, 'the first npm');
    const other = begin(['true']);
    await until(() => other.said().includes('waiting for another process'), 'the second start to wait');
    rmSync(join(home, 'npm-waits'));
    await Promise.all([one.ended, other.ended]);
    assert.deepEqual([one.child.exitCode, other.child.exitCode], [0, 0], one.said() + other.said());
    assert.deepEqual(npmCalls(), bothInstalled);
  });

  test('an installation that was killed half-way is made again, after its npm has ended', async () => {
    writeFileSync(join(home, 'npm-waits'), '');
    const killed = begin(['true']);
    await until(() => npmCalls().length === 1, 'npm');
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    const next = begin(['true']);
    await until(() => next.said().includes('waiting for another process'), 'the next start to wait');
    rmSync(join(home, 'npm-waits'));
    await next.ended;
    assert.equal(next.child.exitCode, 0, next.said());
    assert.deepEqual(npmCalls(), [bothInstalled[0], ...bothInstalled]);
  });

  test('one that cannot be replaced is named in a sentence, with exit code 5', () => {
    writeFileSync(join(home, 'npm-fails'), '');
    const failing = ready(['true']);
    assert.equal(failing.status, 5);
    assert.match(failing.stderr, /^signalbox: could not install Node\.js 24 [^\n]*: npm says above why$/m);
    rmSync(join(home, 'npm-fails'));

    assert.equal(ready(['true']).status, 0);
    rmSync(join(checkout, `runtime/node_modules/${runtime}/bin/node`));
    const alien = ready(['true']);
    assert.equal(alien.status, 5);
    assert.match(
      alien.stderr,
      /^signalbox: needs Node\.js 24\.2 or newer, and the one in .*\/runtime does not run here: .*\n$/,
    );
  });
});

test('what ends npm start ends the program: no shell stands between that forgets it', async () => {
  writeFileSync(join(checkout, 'scripts/web.ts'), '');
  writeFileSync(join(checkout, 'src/cli/main.ts'), staying);
  program('new/node', `test "$1" != --version || exec echo v24.99.0\nexec "${process.execPath}" "$@"`);
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const child = spawn('sh', ['-c', scripts.start], { cwd: checkout, env: withNode('new') });
  const isReady = once(child.stdout, 'data');
  const ended = once(child, 'exit');
  assert.match(String(await isReady), /^dev\n/);
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});
const staying = `
const stay = setInterval(() => {}, 1000);
process.once('SIGTERM', () => clearInterval(stay));
console.log(process.argv[2]);`;

test('a new enough Node.js is used as it is; a changed lock file installs again', () => {
  assert.equal(ready(['node'], 'new').stdout, 'v24.99.0\n');
  writeFileSync(join(checkout, 'package-lock.json'), '{ }');
  ready(['true'], 'new');
  assert.deepEqual(npmCalls(), ['npm ci in a check out by v24.99.0', 'npm ci in a check out by v24.99.0']);
});

test('a read-only checkout runs with what is installed; where nothing is, that is said', () => {
  chmodSync(checkout, 0o555);
  // Nothing is read-only to root.
  const reader = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const empty = ready(['true'], 'new', reader);
  assert.equal(empty.status, 5);
  assert.match(empty.stderr, /^signalbox: cannot install the dependencies: .* is read-only\n$/);
  chmodSync(checkout, 0o755);
  mkdirSync(join(checkout, 'node_modules'));
  chmodSync(checkout, 0o555);
  assert.equal(ready(['echo', 'started'], 'new', reader).stdout, 'started\n');
  assert.deepEqual(npmCalls(), []);
});

test('a node_modules that is a link is used as it is, and never installed into', () => {
  const elsewhere = join(home, 'elsewhere');
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(checkout, 'node_modules'));
  const refused = ready(['true'], 'new');
  assert.equal(refused.status, 5);
  assert.match(
    refused.stderr,
    /^signalbox: cannot install the dependencies: [^\n]*node_modules is a link to elsewhere; [^\n]*\n$/,
  );
  cpSync(join(checkout, 'package-lock.json'), join(elsewhere, '.installed-lock.json'));
  assert.equal(ready(['echo', 'started'], 'new').stdout, 'started\n');
  assert.deepEqual(npmCalls(), []);
});

test('the lock files name every package for every platform: else npm refuses them on the others', () => {
  for (const file of ['package-lock.json', 'runtime/package-lock.json']) {
    const { packages }: Lock = JSON.parse(readFileSync(join(root, file), 'utf8'));
    const optional = Object.values(packages).flatMap(entry => Object.keys(entry.optionalDependencies ?? {}));
    assert.ok(optional.length > 0, `looked at too little in ${file}`);
    for (const name of optional)
      assert.ok(
        Object.keys(packages).some(path => path.endsWith(`node_modules/${name}`)),
        `${file} lacks ${name}: it was written where that could not be had`,
      );
  }
});
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

const brought = existsSync(join(root, 'runtime/node_modules', runtime));
test('this very checkout starts from Node.js 20', {
  skip: brought ? false : 'this machine needed no Node.js of the checkout',
}, () => {
  const { stdout, stderr } = spawnSync('sh', ['scripts/ready.sh', 'node', '-v'], {
    cwd: root,
    encoding: 'utf8',
    env: withNode('old'),
  });
  assert.match(stdout, /^v24\.\d+\.\d+\n$/, stderr);
});
