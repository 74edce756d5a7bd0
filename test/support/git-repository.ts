import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

/** Text of a file, or a link or program, or the commit of a submodule; null removes the file. */
export type File =
  | string
  | { readonly mode: '100755' | '120000'; readonly text: string }
  | { readonly commit: string }
  | null;

interface CommitOptions {
  /** `main` */
  readonly branch?: string;
  /** The commit before it, instead of the branch's tip; null for none. */
  readonly onto?: string | null;
  readonly message?: string;
  readonly author?: string;
}

interface Change {
  readonly files: Readonly<Record<string, File>>;
  readonly message: string;
  readonly author: string;
}

export interface TestRepository extends AsyncDisposable {
  /** The bare repository. */
  readonly directory: string;
  /** `file://` */
  readonly url: string;
  /** Its first commit. */
  readonly sha: string;
  /** Adds a commit to a branch and returns its id. */
  commit(files: Readonly<Record<string, File>>, options?: CommitOptions): Promise<string>;
  /** Adds many commits to `main` at once. */
  grow(count: number): Promise<void>;
  /** Runs git in the repository and returns what it printed, trimmed. */
  git(...args: readonly string[]): Promise<string>;
}

/** A real repository in a temporary directory, with a first commit on `main` of these files. */
export async function createRepository(
  files: Readonly<Record<string, File>> = { 'README.md': 'hello\n' },
  ids: 'sha1' | 'sha256' = 'sha1',
): Promise<TestRepository> {
  const directory = join(await mkdtemp(join(tmpdir(), 'signalbox-repository-')), 'remote.git');
  const tips = new Map<string, string>();
  const git = (...args: readonly string[]) => runGit([`--git-dir=${directory}`, ...args]);
  let seconds = 1_700_000_000;

  async function add(changes: readonly Change[], branch: string, onto: string | null): Promise<string> {
    const ref = `refs/heads/${branch}`;
    const stream = changes.flatMap(({ files, message, author }, index) => [
      ...(onto === null && index === 0 ? [`reset ${ref}`] : []),
      `commit ${ref}`,
      `committer ${author} <${author.toLowerCase()}@example.org> ${++seconds} +0000`,
      data(message),
      ...(onto !== null && index === 0 ? [`from ${onto}`] : []),
      ...Object.entries(files).flatMap(([path, file]) => fileChange(JSON.stringify(path), file)),
    ]);
    await runGit([`--git-dir=${directory}`, 'fast-import', '--quiet', '--force'], `${stream.join('\n')}\n`);
    const sha = await git('rev-parse', ref);
    tips.set(branch, sha);
    return sha;
  }

  const commit: TestRepository['commit'] = (files, options = {}) => {
    const {
      branch = 'main',
      message = 'a commit',
      author = 'Ada',
      onto = tips.get(branch) ?? null,
    } = options;
    return add([{ files, message, author }], branch, onto);
  };

  async function grow(count: number): Promise<void> {
    const one = (_: unknown, index: number) => ({
      files: { count: `${index}` },
      message: 'more',
      author: 'Ada',
    });
    await add(Array.from({ length: count }, one), 'main', tips.get('main') ?? null);
  }

  const format = `--object-format=${ids}`;
  await runGit(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', format, directory]);
  const sha = await commit(files, { message: 'first' });
  return {
    directory,
    url: pathToFileURL(directory).href,
    sha,
    git,
    commit,
    grow,
    [Symbol.asyncDispose]: () => rm(join(directory, '..'), { recursive: true, force: true }),
  };
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}`;

function fileChange(path: string, file: File): string[] {
  if (file === null) return [`D ${path}`];
  if (typeof file === 'object' && 'commit' in file) return [`M 160000 ${file.commit} ${path}`];
  const { mode, text } = typeof file === 'string' ? { mode: '100644', text: file } : file;
  return [`M ${mode} inline ${path}`, data(text)];
}

/** Git as tests use it: without the configuration of whoever runs them. */
export async function runGit(args: readonly string[], input: string | Uint8Array = ''): Promise<string> {
  const child = spawn('git', args, {
    env: {
      PATH: process.env['PATH'],
      HOME: '/dev/null',
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.org',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.org',
    },
    stdio: 'pipe',
  });
  // A command that reads nothing may be gone already.
  child.stdin.on('error', () => undefined).end(input);
  const closed = once(child, 'close');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await closed;
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')} ended with ${exitCode}: ${err}`);
  return out.trim();
}
