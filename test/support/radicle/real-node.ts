import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../server.ts';

/** Whether programs are installed; the sentence says which are not. */
export function missingPrograms(...names: readonly string[]): string | false {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = names.filter(name => !folders.some(folder => isProgram(join(folder, name))));
  return missing.length === 0 ? false : `not on the PATH here: ${missing.join(', ')}`;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A real node that knows nobody, with a work tree of one repository that it seeds. */
export interface RealNode extends AsyncDisposable {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly rid: string;
  /** Runs a program in the work tree. */
  run(name: string, ...args: readonly string[]): Promise<string>;
  /** Commits a file, and returns the commit. */
  commit(file: string, content: string): Promise<string>;
}

const patienceMs = 30_000;

export async function startRealNode(): Promise<RealNode> {
  // Short: the path of a socket has a limit.
  const root = mkdtempSync(join(tmpdir(), 'rad-'));
  const home = join(root, 'home');
  const work = join(root, 'work');
  mkdirSync(home);
  mkdirSync(work);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    RAD_HOME: home,
    RAD_PASSPHRASE: '',
    RAD_KEYGEN_SEED: 'a'.repeat(64),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ann',
    GIT_AUTHOR_EMAIL: 'ann@example.org',
    GIT_COMMITTER_NAME: 'Ann',
    GIT_COMMITTER_EMAIL: 'ann@example.org',
  };
  const run = async (name: string, ...args: readonly string[]): Promise<string> => {
    const options = { cwd: work, env, timeout: patienceMs };
    return (await promisify(execFile)(name, args, options)).stdout.trim();
  };
  await run('rad', 'auth', '--alias', 'ann');
  const file = join(home, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  const alone = { connect: [], network: 'test', peers: { type: 'static' } };
  writeFileSync(file, JSON.stringify({ ...config, preferredSeeds: [], node: { ...config.node, ...alone } }));
  const node = spawn('radicle-node', ['--listen', '127.0.0.1:0'], { cwd: root, env, stdio: 'ignore' });
  const ended = once(node, 'close');
  const end = async (): Promise<void> => {
    if (node.exitCode === null && node.signalCode === null) node.kill('SIGKILL');
    await ended;
    rmSync(root, { recursive: true, force: true });
  };
  try {
    await until(() => existsSync(join(home, 'node', 'control.sock')), 'the socket of the node');
    const commit: RealNode['commit'] = async (path, content) => {
      mkdirSync(join(work, path, '..'), { recursive: true });
      writeFileSync(join(work, path), content);
      await run('git', 'add', '--all');
      await run('git', 'commit', '--quiet', '--message', `Change ${path}`);
      return run('git', 'rev-parse', 'HEAD');
    };
    await run('git', 'init', '--quiet', '--initial-branch=main');
    await commit('README', 'first\n');
    const about = ['--name', 'demo', '--description', 'A demo', '--default-branch', 'main'];
    await run('rad', 'init', ...about, '--public', '--no-confirm');
    return { home, env, rid: await run('rad', 'inspect'), run, commit, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
