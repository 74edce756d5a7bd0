import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SignalboxError } from '../../domain/errors.ts';
import type { CloneOptions } from '../../domain/pipeline.ts';
import { gitSaid, knownFailure } from './failure.ts';
import { askedBy, type Git, type GitContact } from './git.ts';
import { removeTree } from './remove-tree.ts';
import { type Room, withinRoom } from './room.ts';
import type { Target } from './target.ts';
import { createTurns } from './turns.ts';

/**
 * How many commits of history come along: enough for change logs and for seeing what a branch did, little enough for
 * repositories of any age. A job that needs all of it runs `git fetch --unshallow`.
 */
const historyDepth = 50;
/** Git's word for "all of it". */
const wholeHistory = 2_147_483_647;

/** What is to be brought where. */
export interface Transfer {
  readonly git: Git;
  readonly contact: GitContact;
  readonly target: Target;
  /** What comes along with the commit; null: some history. */
  readonly clone: Pick<CloneOptions, 'depth' | 'tags'> | null;
  /** Becomes a repository that has the target's commit, and some history, without any of its files. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/**
 * Mirrors: one bare repository per URL, so that only what is new is fetched. Each is used by one at a time. The remote
 * is asked every time, so a commit that it does not give out any more is not found, cached or not. What leaves a mirror
 * goes through git's transport, which computes every object's id anew: a damaged or forged one cannot leave it. A
 * mirror that does not work is made anew, once; one that outgrows its room is removed.
 */
export function createMirrors(needs: {
  /** Where programs are found. */
  readonly path: string;
  readonly directory: string;
  /** For a mirror together with what is made from it. */
  readonly room: Room;
}): (transfer: Transfer) => Promise<void> {
  const { path, room } = needs;
  const inTurn = createTurns();
  /** Mirrors whose last use in this process ended well; others may hold what a killed git left. */
  const sound = new Set<string>();

  return transfer => {
    const mirror = join(needs.directory, hash(transfer.contact.remote.url));
    return inTurn(mirror, transfer.signal, async () => {
      if (!sound.delete(mirror)) await removeLocks(mirror);
      try {
        await carry(mirror, transfer);
      } catch (error) {
        if (!isDamage(error) && !isTooLarge(error)) throw error;
        await removeTree(path, mirror);
        if (isTooLarge(error)) throw error;
        await carry(mirror, transfer).catch((again: unknown) => {
          // It was not the mirror.
          throw isDamage(again) ? new SignalboxError('internal', again.message, { cause: again }) : again;
        });
      }
      sound.add(mirror);
    });
  };

  async function carry(mirror: string, transfer: Transfer): Promise<void> {
    const directories = [mirror, transfer.directory];
    await withinRoom({ path, room, directories }, transfer.signal, async signal => {
      const watched = { ...transfer, signal };
      await init(mirror, ['--bare'], watched);
      // First: where a tag ends its history, the commit's goes on.
      if (transfer.clone?.tags) await fetchTags(mirror, watched);
      await fetchCommit(mirror, watched);
      await removeTree(path, join(transfer.directory, '.git'));
      await init(transfer.directory, [], watched);
      await copyCommit(mirror, watched);
    });
  }
}

/** Makes a repository, or writes the configuration of one anew: nothing that somebody added to it counts. */
async function init(
  repository: string,
  options: readonly string[],
  { git, target, signal }: Transfer,
): Promise<void> {
  await mkdir(repository, { recursive: true, mode: 0o700 });
  await rm(join(repository, 'config'), { force: true });
  const format = `--object-format=${target.sha.length === 64 ? 'sha256' : 'sha1'}`;
  const args = [
    'init',
    '--quiet',
    '--template=',
    '--initial-branch=main',
    format,
    ...options,
    '--',
    repository,
  ];
  const { exitCode, stderr } = await git(args, { directory: repository, contact: null }, signal);
  if (exitCode !== 0) throw damage(`could not make ${repository} a repository`, stderr);
}

const allTags = '+refs/tags/*:refs/tags/*';
/** Exactly what is asked for: no tags, no note of where it came from. */
const fetchOnly = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head'];

/** All of them, without their history; one that the remote has no more goes. */
async function fetchTags(mirror: string, { git, contact, signal }: Transfer): Promise<void> {
  const { url } = contact.remote;
  const args = [
    `--git-dir=${mirror}`,
    ...fetchOnly,
    ...askedBy(contact),
    '--prune',
    '--depth=1',
    '--end-of-options',
    url,
    allTags,
  ];
  const { exitCode, stderr } = await git(args, { directory: mirror, contact }, signal);
  // So git ends, without a word, where there are none.
  if (exitCode === 1 && stderr.trim() === '') return;
  const what = `could not fetch the tags of ${url}`;
  if (exitCode !== 0) throw knownFailure(what, stderr) ?? damage(what, stderr);
}

/**
 * Gets the commit itself or, where the remote gives out only what its refs point at, the ref that should have it, and
 * looks whether it has.
 */
async function fetchCommit(mirror: string, transfer: Transfer): Promise<void> {
  const { git, contact, target, clone, signal } = transfer;
  const { url } = contact.remote;
  const { sha, ref } = target;
  const inMirror = `--git-dir=${mirror}`;
  const kept = `refs/signalbox/${hash(ref ?? sha)}`;
  const fetch = (wanted: string, depth: number) => {
    const how = [...fetchOnly, ...askedBy(contact), `--depth=${depth}`];
    const args = [inMirror, ...how, '--end-of-options', url, `+${wanted}:${kept}`];
    return git(args, { directory: mirror, contact }, signal);
  };
  const failure = (wanted: string, stderr: string): SignalboxError => {
    const what = `could not fetch ${wanted} of ${url}`;
    return knownFailure(what, stderr) ?? damage(what, stderr);
  };
  const gone = (): SignalboxError => {
    const where = ref === null ? url : `${url} (${ref})`;
    return new SignalboxError('not_found', `commit ${sha} is no longer on the remote ${where}`);
  };

  // Others use the mirror, too: it is never made shorter than what they want.
  const depth = Math.max(historyDepth, clone?.depth ?? 0);
  const commit = await fetch(sha, depth);
  if (commit.exitCode === 0) return;
  const unknown = /not our ref/.test(commit.stderr);
  if (!unknown && !/unadvertised object|no matching remote head/.test(commit.stderr))
    throw failure(sha, commit.stderr);
  if (ref === null) throw gone();

  const tip = await fetch(ref, unknown ? depth : wholeHistory);
  if (/couldn't find remote ref|no matching remote head/.test(tip.stderr)) throw gone();
  if (tip.exitCode !== 0) throw failure(ref, tip.stderr);
  const has = ['merge-base', '--is-ancestor', sha, kept];
  const { exitCode } = await git([inMirror, ...has], { directory: mirror, contact: null }, signal);
  if (exitCode !== 0) throw gone();
}

/** From the mirror into a repository of its own, which stays whole whatever becomes of the mirror. */
async function copyCommit(mirror: string, transfer: Transfer): Promise<void> {
  const { git, target, clone, directory, signal } = transfer;
  const url = pathToFileURL(mirror).href;
  const remote = { url, scheme: 'file', credentials: null, pin: null, uploadPack: null } as const;
  const contact = { remote, askpass: null };
  const depth = `--depth=${clone?.depth ?? historyDepth}`;
  const wanted = [target.sha, ...(clone?.tags ? [allTags] : [])];
  const args = [...fetchOnly, '--no-auto-maintenance', depth, '--end-of-options', url, ...wanted];
  const { exitCode, stderr } = await git(args, { directory, contact }, signal);
  if (exitCode !== 0) throw damage(`could not copy ${target.sha} from its mirror`, stderr);
}

/** What may be the mirror's fault. */
const damage = (what: string, stderr: string): SignalboxError =>
  new SignalboxError('corrupt', `${what} (${gitSaid(stderr)})`);
const isDamage = (error: unknown): error is SignalboxError =>
  error instanceof SignalboxError && error.code === 'corrupt';
const isTooLarge = (error: unknown): boolean => error instanceof SignalboxError && error.code === 'too_large';

/** Removes the locks and half-written packs that a killed git left; nobody else uses the mirror now. */
async function removeLocks(mirror: string): Promise<void> {
  await mkdir(mirror, { recursive: true, mode: 0o700 });
  for (const name of await readdir(mirror, { recursive: true }))
    if (/\.lock$|(?:^|\/)(?:tmp_|incoming-|gc\.pid)/.test(name))
      await rm(join(mirror, name), { recursive: true, force: true });
}

/** Names of URLs and refs can be too long, or differ in case alone, for names of files. */
const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
