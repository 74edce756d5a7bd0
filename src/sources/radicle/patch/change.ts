import { z } from 'zod';
import type { StoredRepository } from '../storage.ts';
import { latestMs } from './cob-patch.ts';
import { signerOf } from './signature.ts';

/** One change of a patch: a signed commit whose tree holds the actions. */
export interface Change {
  readonly id: string;
  readonly parents: readonly string[];
  /** A DID; null when the signature is not good. */
  readonly author: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly actions: readonly Action[];
}

const text = z.string().transform(value => value.toWellFormed());
const oid = z.string().regex(/^[0-9a-f]{40}$/);
/** What a change does; of all kinds only those that decide what is built, and for whom. */
export type Action =
  | {
      readonly type: 'revision';
      readonly description: string;
      readonly base: string;
      readonly oid: string;
    }
  | { readonly type: 'revision.edit'; readonly revision: string; readonly description: string }
  | { readonly type: 'revision.redact'; readonly revision: string }
  | { readonly type: 'edit'; readonly title: string }
  | { readonly type: 'label'; readonly labels: readonly string[] }
  | { readonly type: 'assign'; readonly assignees: readonly string[] }
  | { readonly type: 'lifecycle'; readonly state: { readonly status: 'open' | 'draft' | 'archived' } }
  | { readonly type: 'merge'; readonly revision: string; readonly commit: string };

const action: z.ZodType<Action> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('revision'), description: text.default(''), base: oid, oid }),
  z.object({ type: z.literal('revision.edit'), revision: oid, description: text }),
  z.object({ type: z.literal('revision.redact'), revision: oid }),
  z.object({ type: z.literal('edit'), title: text }),
  z.object({ type: z.literal('label'), labels: z.array(text) }),
  z.object({ type: z.literal('assign'), assignees: z.array(text) }),
  z.object({
    type: z.literal('lifecycle'),
    state: z.object({ status: z.enum(['open', 'draft', 'archived']) }),
  }),
  z.object({ type: z.literal('merge'), revision: oid, commit: oid }),
]);

/** A patch with more changes is read no further: here every generation of them costs two processes. */
const mostGenerations = 500;
const mostChanges = 5_000;
/** Clients put one or two actions into a change. */
const mostActions = 16;
/** Anybody may add to a patch, and of any size. What is larger than people write counts for nothing … */
const longestCommit = 64 * 1024;
const longestAction = 256 * 1024;
/** … and after so much that does count the patch is read no further. */
const mostBytes = 16 * 1024 * 1024;
/** Actions of so many changes are in memory at once. */
const atOnce = 40;

/** Reads all changes of a patch, from its tips back to its first one, in no order. */
export async function readChanges(
  repository: StoredRepository,
  patch: string,
  tips: readonly string[],
): Promise<readonly Change[]> {
  const found = new Map<string, Omit<Change, 'actions'>>();
  let next: readonly string[] = [...new Set(tips)].slice(0, mostChanges);
  for (let n = 0; next.length > 0 && n < mostGenerations; n += 1) {
    const commits = await repository.objects(next, longestCommit);
    for (const [index, id] of next.entries())
      found.set(id, readCommit(id, commits[index]?.toString() ?? '', patch));
    next = [...new Set(next.flatMap(id => found.get(id)?.parents ?? []))]
      .filter(id => !found.has(id))
      .slice(0, mostChanges - found.size);
  }
  // Its first changes first: what is added to a patch must not crowd out what it is.
  const all = [...found.values()].toReversed();
  const changes: Change[] = [];
  let bytes = 0;
  for (let from = 0; from < all.length && bytes < mostBytes; from += atOnce) {
    const some = all.slice(from, from + atOnce);
    const names = some.flatMap(({ id }) => Array.from({ length: mostActions }, (_, n) => `${id}:${n}`));
    const blobs = await repository.objects(names, longestAction);
    for (const [index, change] of some.entries()) {
      const read = blobs
        .slice(index * mostActions, (index + 1) * mostActions)
        .flatMap(blob =>
          blob === null ? [] : readAction(blob.toString()).map(action => ({ blob, action })),
        );
      bytes += read.reduce((sum, { blob }) => sum + blob.length, 0);
      changes.push({ ...change, actions: read.map(({ action }) => action) });
    }
  }
  return changes;
}

function readCommit(id: string, commit: string, patch: string): Omit<Change, 'actions'> {
  const end = commit.indexOf('\n\n');
  const head = commit.slice(0, end);
  const message = commit.slice(end);
  // Parents that are not history: the identity that counted, and what the change is about.
  const related = Array.from(
    message.matchAll(/^Rad-(?:Resource|Related): ([0-9a-f]{40})$/gm),
    ([, at]) => at,
  );
  const parents = Array.from(head.matchAll(/^parent ([0-9a-f]{40})$/gm), ([, parent = '']) => parent);
  const tree = /^tree ([0-9a-f]{40})$/m.exec(head)?.[1] ?? '';
  const signature = /^gpgsig (.*(?:\n .*)*)/m.exec(head)?.[1] ?? '';
  const seconds = Number(/^committer .* (\d+) [+-]\d{4}$/m.exec(head)?.[1] ?? 0);
  return {
    id,
    parents: id === patch ? [] : parents.filter(parent => !related.includes(parent)),
    author: signerOf(signature, tree),
    at: Math.min(seconds * 1000, latestMs),
  };
}

/** Actions of other kinds (comments, reviews) change nothing here. */
function readAction(json: string): readonly Action[] {
  try {
    const parsed = action.safeParse(JSON.parse(json));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return []; // an action that nobody can read
  }
}
