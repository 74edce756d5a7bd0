import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { SignalboxError } from '../../domain/errors.ts';
import { cut } from '../../domain/shown.ts';
import { gitSaid } from './failure.ts';
import type { Git } from './git.ts';
import { openRemote, type Remote, type RemotePolicy } from './remote.ts';

/** A repository that has been checked out. */
export interface CheckedOut {
  readonly directory: string;
  readonly remote: Pick<Remote, 'url' | 'scheme'>;
}

export interface SubmoduleNeeds {
  readonly git: Git;
  readonly policy: RemotePolicy;
  /** Checks a commit of another repository out into a directory. */
  readonly checkOut: (remote: Remote, sha: string, directory: string, signal: AbortSignal) => Promise<void>;
}

/** Repositories within repositories: who goes further has gone round in a circle. */
const deepest = 5;
/** In all; the largest projects have some dozens. */
const mostSubmodules = 100;

/**
 * Checks out the submodules of a work tree, and theirs. Each goes the way of its repository: under the same policy and
 * over the same scheme, but without any token or key of ours. Who may write a repository could otherwise read with our
 * eyes.
 */
export async function addSubmodules(
  needs: SubmoduleNeeds,
  top: CheckedOut,
  signal: AbortSignal,
): Promise<void> {
  let count = 0;
  await add(top, '', 1);

  async function add(parent: CheckedOut, around: string, depth: number): Promise<void> {
    for (const { path, url, sha } of await submodulesOf(needs.git, parent.directory, signal)) {
      const name = `${around}${path}`;
      try {
        count += 1;
        if (depth > deepest || count > mostSubmodules)
          throw new SignalboxError(
            'too_large',
            `there are more than ${mostSubmodules}, or they nest too deeply`,
          );
        const remote = await openSubmodule(needs.policy, parent.remote, url, signal);
        const directory = join(parent.directory, path);
        await needs.checkOut(remote, sha, directory, signal);
        await add({ directory, remote }, `${name}/`, depth + 1);
      } catch (error) {
        signal.throwIfAborted();
        throw told(name, SignalboxError.from(error));
      }
    }
  }
}

const mend = 'the workflow can do without it by "clone: { submodules: false }"';

/** Once, for the innermost. */
function told(name: string, error: SignalboxError): SignalboxError {
  if (error.message.endsWith(mend)) return error;
  const message = `submodule ${cut(name)}: ${error.message}; ${mend}`;
  return new SignalboxError(error.code, message, { cause: error });
}

async function openSubmodule(
  policy: RemotePolicy,
  parent: CheckedOut['remote'],
  url: string,
  signal: AbortSignal,
): Promise<Remote> {
  const absolute = /^\.\.?\//.test(url) ? (URL.parse(url, `${parent.url}/`)?.href ?? url) : url;
  const remote = await openRemote({ ...policy, tokenFor: () => null, radicleHome: null }, absolute, signal);
  if (remote.scheme === parent.scheme && remote.scheme !== 'ssh') return remote;
  throw new SignalboxError(
    'forbidden',
    `${remote.url} is not cloned over ${remote.scheme}: submodules come over the same way as their repository, and not over ssh`,
  );
}

interface Submodule {
  readonly path: string;
  readonly url: string;
  readonly sha: string;
}

/** Those that the commit has, in the order of their paths. */
async function submodulesOf(git: Git, directory: string, signal: AbortSignal): Promise<readonly Submodule[]> {
  const file = await lstat(join(directory, '.gitmodules')).catch(() => null);
  if (!file?.isFile()) return [];
  const must = async (args: readonly string[], doing: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await git(args, { directory, contact: null }, signal);
    if (exitCode === 0) return stdout;
    throw new SignalboxError('invalid', `could not ${doing} (${gitSaid(stderr)})`);
  };
  const config = ['config', '--blob=HEAD:.gitmodules', '--null', '--list'];
  const sections = sectionsOf(await must(config, 'read .gitmodules'));
  const named = sections.filter(({ path, url }) => isWithin(path) && url !== '');
  if (named.length === 0) return [];
  const paths = named.map(({ path }) => path);
  const tree = await must(
    ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', 'HEAD', '--', ...paths],
    'find the submodules',
  );
  // What the commit has at a path decides: a path that is in it cannot lead out of the work tree.
  const commits = new Map(
    Array.from(tree.matchAll(/160000 commit ([0-9a-f]+)\t([^\0]+)\0/g), ([, sha = '', path = '']) => [
      path,
      sha,
    ]),
  );
  return named.flatMap(({ path, url, update }) => {
    const sha = commits.get(path);
    return sha === undefined || update === 'none' ? [] : [{ path, url, sha }];
  });
}

/** Git refuses to look for a path that leads out of the repository. */
const isWithin = (path: string): boolean => !['', '..'].some(part => path.split('/').includes(part));

/** The sections of `git config --null --list`: `submodule.<name>.<key>`, a line feed and the value. */
function sectionsOf(listed: string): readonly Readonly<Record<'path' | 'url' | 'update', string>>[] {
  const sections = new Map<string, Record<'path' | 'url' | 'update', string>>();
  for (const [, name = '', key, value = ''] of listed.matchAll(
    /(?:^|\0)submodule\.([^\n\0]+)\.([a-z]+)\n([^\0]*)(?=\0|$)/g,
  )) {
    const section = sections.get(name) ?? { path: '', url: '', update: '' };
    sections.set(name, section);
    if (key === 'path' || key === 'url' || key === 'update') section[key] = value;
  }
  return [...sections.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
