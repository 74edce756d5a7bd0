import { type Actor, blankEvent, type NewEvent, type Repo } from '../../domain/event.ts';

/** A push as every forge tells it. */
export interface Pushed {
  /** Full name of the branch or tag. */
  readonly ref: string;
  /** Zeros where there was no commit before, or is none any more. */
  readonly before: string;
  readonly after: string;
  /** The commit that a tag stands for: that of an annotated one is not `after`, which is the tag object itself. */
  readonly tagged: string;
  readonly commits: readonly PushedCommit[];
  /** False when the commits are known not to be all that was pushed, or not all that changed. */
  readonly complete: boolean;
  readonly repo: Repo;
  readonly actor: Actor;
}

export interface PushedCommit {
  readonly id: string;
  readonly message: string;
  readonly author: string;
  readonly added: readonly string[] | null;
  readonly removed: readonly string[] | null;
  readonly modified: readonly string[] | null;
}

/** A push to a branch or of a tag. One to any other ref, or that changed nothing, asks for nothing. */
export function pushEvent(pushed: Pushed): NewEvent {
  const { ref, before, after, commits, repo, actor } = pushed;
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  if (kind === undefined || name === undefined)
    return otherEvent('push', { repo, actor, note: `a push to ${ref}, which is no branch and no tag` });
  if (before === after)
    return otherEvent('push', { repo, actor, note: `a push to ${ref} that changed nothing: a test` });
  const created = isZero(before);
  const deleted = isZero(after);
  const tag = kind === 'tags';
  return {
    ...blankEvent(tag ? 'tag' : 'push'),
    action: deleted ? 'deleted' : created ? 'created' : 'updated',
    repo,
    ref,
    branch: tag ? null : name,
    before: created ? null : before,
    after: deleted ? null : tag ? pushed.tagged : after,
    commits: commits.map(({ id, message, author }) => ({ sha: id, message, author })),
    changed: tag || deleted ? null : changed(pushed),
    actor,
  };
}

/** The changed paths, or null where the commits may not tell them all. */
function changed({ after, commits, complete }: Pushed): string[] | null {
  if (!complete || !commits.some(commit => commit.id === after)) return null;
  const paths = new Set<string>();
  for (const { added, removed, modified } of commits) {
    if (added === null || removed === null || modified === null) return null;
    for (const path of [...added, ...removed, ...modified]) paths.add(path);
  }
  return [...paths].sort();
}

/** What was understood and asks for nothing; `action` is the forge's own word for it. */
export function otherEvent(
  action: string,
  known: { readonly repo: Repo | null; readonly actor: Actor; readonly note: string },
): NewEvent {
  return { ...blankEvent('other'), action, ...known };
}

/** Forges write a commit id of zeros where there was, or is, no commit. */
const isZero = (sha: string): boolean => /^0+$/.test(sha);
