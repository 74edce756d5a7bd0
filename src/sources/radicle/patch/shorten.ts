import type { CobPatch, CobRevision } from './cob-patch.ts';

/** Anybody may add to a patch, and each event of it keeps what it has become: so much of that. */
const longestTitle = 500;
const longestDescription = 2_000;
const longestName = 200;
const mostNames = 100;
const mostRevisions = 100;

/** A patch as events keep it: its first revision, the one that is told of, and the latest. */
export function shorten(patch: CobPatch, told: CobRevision | null): CobPatch {
  const latest = patch.revisions.length - mostRevisions;
  return {
    ...patch,
    title: cut(patch.title, longestTitle),
    author: cut(patch.author, longestName),
    labels: cutAll(patch.labels),
    assignees: cutAll(patch.assignees),
    conflicts: patch.conflicts.slice(0, mostNames),
    revisions: patch.revisions
      .filter((each, index) => index === 0 || each === told || index >= latest)
      .map(each => ({
        ...each,
        author: cut(each.author, longestName),
        description: cut(each.description, longestDescription),
      })),
  };
}

const cut = (text: string, longest: number): string => text.slice(0, longest).toWellFormed();
const cutAll = (names: readonly string[]): readonly string[] =>
  names.slice(0, mostNames).map(name => cut(name, longestName));
