import { SignalboxError } from '../../domain/errors.ts';
import { isCommitId, isRefName } from '../../domain/ref-name.ts';
import type { Revision } from '../../domain/run.ts';
import { gitSaid, knownFailure } from './failure.ts';
import { askedBy, type Git, type GitContact } from './git.ts';

/** A commit, and the full name of the ref that it should be found under, if one is known. */
export interface Target {
  readonly sha: string;
  readonly ref: string | null;
}

/**
 * Which commit is meant. When the revision does not say, the remote is asked for `ref`: a full name, `HEAD`, or a short
 * name, of a branch first and then of a tag. A ref that has the form of a commit id is one.
 */
export async function findTarget(
  needs: { readonly git: Git; readonly contact: GitContact; readonly directory: string },
  { ref, sha }: Pick<Revision, 'ref' | 'sha'>,
  signal: AbortSignal,
): Promise<Target> {
  if (sha !== null) {
    if (!isCommitId(sha)) throw new SignalboxError('invalid', `"${sha}" is no commit id`);
    return { sha, ref: ref === 'HEAD' || isCommitId(ref) ? null : fullNames(ref)[0] };
  }
  if (isCommitId(ref)) return { sha: ref, ref: null };

  const names = ref === 'HEAD' ? [ref] : fullNames(ref);
  const listed = await list(needs, ref, names, signal);
  for (const name of names) {
    // An annotated tag is listed twice, with its commit under `^{}`.
    const commit = listed.get(`${name}^{}`) ?? listed.get(name);
    if (commit !== undefined) return { sha: commit, ref: name === 'HEAD' ? null : name };
  }
  throw new SignalboxError('not_found', `${needs.contact.remote.url} has no ${ref}`);
}

/** What the remote's refs of these names point at. Git also lists longer names that only end with one of them. */
async function list(
  {
    git,
    contact,
    directory,
  }: { readonly git: Git; readonly contact: GitContact; readonly directory: string },
  ref: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { url } = contact.remote;
  const patterns = names.flatMap(name => [name, `${name}^{}`]);
  const args = ['ls-remote', '--quiet', ...askedBy(contact), '--end-of-options', url, ...patterns];
  const { exitCode, stdout, stderr } = await git(args, { directory, contact }, signal);
  const what = `could not look up ${ref} of ${url}`;
  if (exitCode !== 0)
    throw knownFailure(what, stderr) ?? new SignalboxError('internal', `${what} (${gitSaid(stderr)})`);
  const lines = stdout.matchAll(/^([0-9a-f]+)\t(.+)$/gm);
  return new Map(Array.from(lines, ([, id = '', name = '']) => [name, id]));
}

function fullNames(ref: string): readonly [string, ...string[]] {
  const names: readonly [string, ...string[]] = ref.startsWith('refs/')
    ? [ref]
    : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  if (!isRefName(names[0]))
    throw new SignalboxError('invalid', `"${ref}" is no name that git allows for a ref`);
  return names;
}
