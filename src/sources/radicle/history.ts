import type { Commit } from '../../domain/event.ts';
import type { StoredRepository } from './storage.ts';

/** What lies between two commits. */
export interface History {
  /** Oldest first; the last one is the newer of the two. */
  readonly commits: readonly Commit[];
  /** Null when that cannot be said (completely). */
  readonly changed: readonly string[] | null;
  /** The parent of the oldest commit. */
  readonly parent: string | null;
}

/** Adapters are told of a thousand at most. */
const mostCommits = 1000;
const longestMessage = 2000;
const longestAuthor = 200;
/** Rules look at every path of an event, and each event keeps them. */
const mostPaths = 3000;
const mostPathCharacters = 256 * 1024;

/** When nothing can be said. */
export const unknownHistory: History = { commits: [], changed: null, parent: null };

/**
 * Reads what came with a commit; `base` null: it is new, and nothing but itself is told. Where objects are missing
 * nothing is: that the ref has moved must be told all the same.
 */
export function readHistory(
  repository: StoredRepository,
  base: string | null,
  tip: string,
): Promise<History> {
  return read(repository, base, tip).catch(() => unknownHistory);
}

async function read(repository: StoredRepository, base: string | null, tip: string): Promise<History> {
  const range = base === null ? ['--max-count=1', tip] : [`--max-count=${mostCommits}`, tip, '--not', base];
  const listed = await log(repository, range);
  // Moved back to an older commit, there is nothing new but where it is.
  const commits = listed.length > 0 ? listed : await log(repository, ['--max-count=1', tip]);
  return {
    commits: commits.map(({ sha, message, author }) => ({ sha, message, author })).toReversed(),
    changed: base === null ? null : await changedPaths(repository, base, tip),
    parent: commits.at(-1)?.parent ?? null,
  };
}

async function log(
  repository: StoredRepository,
  range: readonly string[],
): Promise<readonly (Commit & { readonly parent: string | null })[]> {
  const format = '--format=%H%x00%P%x00%an%x00%B%x00';
  const fields = (await repository.git(['log', '--topo-order', '-z', format, ...range, '--'])).split('\0');
  const commits = [];
  // Four fields, and an empty one that ends each.
  for (let at = 0; at + 3 < fields.length; at += 5) {
    const [sha = '', parents = '', author = '', message = ''] = fields.slice(at, at + 4);
    commits.push({
      sha: copy(sha),
      parent: copy(parents.split(' ')[0] ?? '') || null,
      author: copy(author.slice(0, longestAuthor)),
      message: copy(message.trimEnd().slice(0, longestMessage)),
    });
  }
  return commits;
}

async function changedPaths(
  repository: StoredRepository,
  base: string,
  tip: string,
): Promise<readonly string[] | null> {
  const listed = await repository.git(['diff', '--name-only', '--no-renames', '-z', base, tip, '--']);
  const paths = listed.split('\0').filter(path => path !== '');
  return paths.length > mostPaths || listed.length > mostPathCharacters ? null : paths;
}

/** Of its own, and well-formed: a part of a text keeps the whole of it in memory, which here is all that git has said. */
const copy = (text: string): string => Buffer.from(text).toString();
