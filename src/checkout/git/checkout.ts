import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Checkout, Workspace } from '../../contracts/checkout.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { RunId } from '../../domain/id.ts';
import type { CloneOptions } from '../../domain/pipeline.ts';
import type { Revision } from '../../domain/run.ts';
import { createAttemptDirectory } from './attempt-directory.ts';
import { gitSaid, knownFailure } from './failure.ts';
import { askpassScript, createGit, type Git, type GitContact } from './git.ts';
import { createMirrors } from './mirror.ts';
import { type FolderFile, readFolder } from './read-folder.ts';
import { openRemote, type Remote, type RemotePolicy, systemLookup } from './remote.ts';
import { removeTree } from './remove-tree.ts';
import { withinRoom } from './room.ts';
import { createSpareDirectories } from './spare-directories.ts';
import { addSubmodules } from './submodules.ts';
import { findTarget } from './target.ts';

export interface GitCheckoutOptions extends RemotePolicy {
  /** In it `mirrors`, `workspaces` and `spare` are its own. */
  readonly directory: string;
  /** Where git, ssh, sh, rm and du are found. */
  readonly path: string;
  /** For each call of git. */
  readonly timeoutMs: number;
  /** With less room than this on the disk nothing is checked out. */
  readonly lowestFreeBytes: number;
  /** What a checkout may take on the disk, together with its mirror. */
  readonly roomBytes: number;
  /** How often that is looked at. */
  readonly lookEveryMs: number;
}

export const gitCheckoutDefaults: Pick<
  GitCheckoutOptions,
  'lookup' | 'timeoutMs' | 'lowestFreeBytes' | 'lookEveryMs'
> = {
  lookup: systemLookup,
  timeoutMs: 10 * 60_000, // a first fetch of a big repository over a slow line
  lowestFreeBytes: 256 * 1024 * 1024, // what the rest of the house needs to go on writing
  lookEveryMs: 1_000, // most checkouts are ready before the first look
};

/** A checkout that also lets files be read where no job is to run. */
export interface GitCheckout extends Checkout {
  /**
   * The regular files of a folder of that commit (or, without one, of what `ref` is now): none where there is no such
   * folder. The same rules and the same mirrors as for a checkout; throws as `prepare` does.
   */
  readFolder(
    revision: Omit<Revision, 'clone'>,
    folder: string,
    signal: AbortSignal,
  ): Promise<{ readonly sha: string; readonly files: readonly FolderFile[] }>;
}

/** Work trees of exactly one commit each, from mirrors that fetch only what is new. */
export function createGitCheckout(options: GitCheckoutOptions): GitCheckout {
  const { path, timeoutMs } = options;
  const room = { bytes: options.roomBytes, lookEveryMs: options.lookEveryMs };
  const directory = resolve(options.directory);
  const workspaces = join(directory, 'workspaces');
  const spare = createSpareDirectories(join(directory, 'spare'));
  const bring = createMirrors({ path, room, directory: join(directory, 'mirrors') });
  /** Names of the workspaces in use. */
  const live = new Set<string>();
  const preparing = new Set<Promise<unknown>>();
  const over = new AbortController();
  let readings = 0;

  async function prepare(
    attempt: { readonly run: RunId; readonly name: string },
    revision: Revision | null,
    say: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Workspace> {
    const home = join(workspaces, attempt.name);
    live.add(attempt.name);
    const leave = async (): Promise<void> => {
      try {
        if (revision !== null || !spare.keep(home)) await removeTree(path, home);
      } catch (error) {
        // How the run ended does not depend on this; `clean` tries again.
        say(SignalboxError.from(error).message);
      } finally {
        live.delete(attempt.name);
      }
    };
    try {
      const { work, place } = await createAttemptDirectory(path, home, spare);
      const git = createGit({ path, ceiling: directory, timeoutMs, run: attempt.run });
      const sha =
        revision === null || revision.clone?.skip === true
          ? (revision?.sha ?? null)
          : await fill({ git, home, work }, revision, say, signal);
      return { directory: work, home, sha, place, [Symbol.asyncDispose]: leave };
    } catch (error) {
      await leave();
      signal.throwIfAborted();
      throw SignalboxError.from(error);
    }
  }

  async function read(
    name: string,
    revision: Omit<Revision, 'clone'>,
    folder: string,
    signal: AbortSignal,
  ): ReturnType<GitCheckout['readFolder']> {
    const home = join(workspaces, name);
    live.add(name);
    try {
      const { work } = await createAttemptDirectory(path, home, spare);
      const git = createGit({ path, ceiling: directory, timeoutMs, run: null });
      const clone = { skip: false, depth: 1, submodules: false, tags: false };
      const fetched = await fetchInto({ git, home, work }, { ...revision, clone }, () => {}, signal);
      const sha = await commitOf(git, work, fetched, signal);
      return { sha, files: await readFolder({ git, directory: work }, sha, folder, signal) };
    } finally {
      // What cannot be removed now `clean` removes.
      await removeTree(path, home).catch(() => undefined);
      live.delete(name);
    }
  }

  /** Checks the revision out into `work`. Returns the commit. */
  async function fill(
    places: { readonly git: Git; readonly home: string; readonly work: string },
    revision: Revision,
    say: (line: string) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const { remote, wanted } = await fetchInto(places, revision, say, signal);
    const { git, home, work } = places;
    const { url } = remote;
    const place = { path, room, directories: [work] };
    const sha = await withinRoom(place, signal, over => checkOut({ git, work, url }, wanted, over));
    if (revision.clone?.submodules === true) {
      const { clone } = revision;
      const add = submoduleIn({ git, home }, clone, say);
      await withinRoom(place, signal, over =>
        addSubmodules({ git, policy: options, checkOut: add }, { directory: work, remote }, over),
      );
    }
    say(`checked out ${sha}`);
    return sha;
  }

  /** Makes `work` a repository that has the revision's commit, without any of its files. */
  async function fetchInto(
    { git, home, work }: { readonly git: Git; readonly home: string; readonly work: string },
    revision: Revision,
    say: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Fetched> {
    await checkSpace();
    const remote = await openRemote(options, revision.url, signal);
    const { url } = remote;
    say(`fetching ${revision.sha ?? revision.ref} of ${url}`);
    const contact = { remote, askpass: remote.credentials === null ? null : join(home, 'askpass') };
    const target = await withAskpass(contact, async () => {
      const target = await findTarget({ git, contact, directory: work }, revision, signal);
      await bring({ git, contact, target, clone: revision.clone, directory: work, signal });
      return target;
    });
    return { remote, wanted: target.sha };
  }

  /** Brings a submodule's commit, and writes its files. */
  function submoduleIn(
    { git, home }: { readonly git: Git; readonly home: string },
    clone: CloneOptions,
    say: (line: string) => void,
  ) {
    return async (remote: Remote, sha: string, work: string, signal: AbortSignal): Promise<void> => {
      say(`fetching ${sha} of ${remote.url}`);
      const contact = { remote, askpass: remote.credentials === null ? null : join(home, 'askpass') };
      // Where a remote gives out what its refs point at alone, HEAD is the best guess.
      const target = { sha, ref: 'HEAD' };
      await withAskpass(contact, () => bring({ git, contact, target, clone, directory: work, signal }));
      await checkOut({ git, work, url: remote.url }, sha, signal);
    };
  }

  async function checkSpace(): Promise<void> {
    const { bavail, bsize } = await statfs(workspaces);
    const free = bavail * bsize;
    if (free < options.lowestFreeBytes)
      throw new SignalboxError(
        'unavailable',
        `only ${Math.floor(free / 1e6)} MB are free on the disk of ${workspaces}; make room`,
      );
  }

  return {
    async prepare(run, attempt, revision, say, signal) {
      const either = AbortSignal.any([signal, over.signal]);
      const mine = prepare({ run, name: nameOf(run, attempt) }, revision, say, either);
      preparing.add(mine);
      return mine.finally(() => preparing.delete(mine));
    },

    async readFolder(revision, folder, signal) {
      const either = AbortSignal.any([signal, over.signal]);
      const mine = read(`reading-${++readings}`, revision, folder, either);
      preparing.add(mine);
      return mine.finally(() => preparing.delete(mine));
    },

    homeOf: (run, attempt) => join(workspaces, nameOf(run, attempt)),

    async clean() {
      await mkdir(workspaces, { recursive: true, mode: 0o700 });
      for (const name of await readdir(workspaces))
        if (!live.has(name)) await removeTree(path, join(workspaces, name));
    },

    async [Symbol.asyncDispose]() {
      over.abort(new SignalboxError('unavailable', 'shutting down'));
      await Promise.allSettled(preparing);
      spare[Symbol.dispose]();
    },
  };
}

const nameOf = (run: RunId, attempt: number): string => `${run}-${attempt}`;

/** What has been fetched, from where. */
interface Fetched {
  readonly remote: Remote;
  /** The id that was asked for; it may be a tag's. */
  readonly wanted: string;
}

/** Writes the files of a commit that is there already. Returns the commit: the id that was asked for may be a tag's. */
async function checkOut(
  { git, work, url }: { readonly git: Git; readonly work: string; readonly url: string },
  wanted: string,
  signal: AbortSignal,
): Promise<string> {
  const must = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await git(args, { directory: work, contact: null }, signal);
    if (exitCode === 0) return stdout.trim();
    const what = `could not check out ${wanted} of ${url}`;
    throw knownFailure(what, stderr) ?? new SignalboxError('internal', `${what} (${gitSaid(stderr)})`);
  };
  await must('checkout', '--quiet', '--detach', '--force', wanted);
  const [sha = '', meant] = (await must('rev-parse', 'HEAD', `${wanted}^{commit}`)).split('\n');
  if (sha !== meant) throw new SignalboxError('internal', `git checked out ${sha} instead of ${meant}`);
  await must('remote', 'add', 'origin', url);
  return sha;
}

async function commitOf(
  git: Git,
  work: string,
  { remote, wanted }: Fetched,
  signal: AbortSignal,
): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', `${wanted}^{commit}`];
  const { exitCode, stdout } = await git(args, { directory: work, contact: null }, signal);
  if (exitCode !== 0) throw new SignalboxError('not_found', `${wanted} of ${remote.url} is no commit`);
  return stdout.trim();
}

/** The program that tells git the credentials exists only while git may ask. */
async function withAskpass<Result>({ askpass }: GitContact, task: () => Promise<Result>): Promise<Result> {
  if (askpass === null) return task();
  try {
    await writeFile(askpass, askpassScript, { mode: 0o700, flag: 'wx' });
    return await task();
  } finally {
    await rm(askpass, { force: true });
  }
}
