import { createHash } from 'node:crypto';
import { blankEvent, type NewEvent, type Repo } from '../../domain/event.ts';
import type { RadicleFacts, RadiclePatch } from '../../domain/radicle.ts';
import type { History } from './history.ts';
import type { Identity } from './identity.ts';
import type { CobPatch, CobRevision } from './patch/cob-patch.ts';
import { shorten } from './patch/shorten.ts';
import { nodeIdOf, type People } from './people.ts';
import { refKind } from './ref-kind.ts';
import type { RefChange } from './signed-refs.ts';
import type { StoredRepository } from './storage.ts';

/** What events of one repository are made from. */
export interface Surroundings {
  readonly repository: StoredRepository;
  readonly identity: Identity;
  readonly people: People;
  readonly fetchedFrom: string | null;
  readonly files: readonly string[];
  /** See `readPatch`. */
  readonly readPatch: (id: string, head: string) => Promise<CobPatch | null>;
  /** See `readHistory`. */
  readonly readHistory: (base: string | null, tip: string) => Promise<History>;
}

/** Where a change was found: with this, the same one is recognised, and the next one to the same commit is not taken for it. */
export interface Origin {
  /** Null: the delegates agree on it. */
  readonly namespace: string | null;
  readonly mark: string;
}

/** The event of a ref that has moved in a namespace, or of a canonical one; null for what Radicle keeps for itself. */
export async function eventOf(
  from: Surroundings,
  change: RefChange,
  origin: Origin,
): Promise<NewEvent | null> {
  const kind = refKind(change.ref);
  switch (kind.kind) {
    case 'other':
      return null;
    case 'patch':
      // A patch whose ref is gone is no more than a branch that was deleted.
      return origin.namespace === null || change.after === null
        ? refEvent(from, change, origin)
        : patchEvent(
            from,
            { ...change, after: change.after },
            { ...origin, namespace: origin.namespace },
            kind.id,
          );
    case 'branch':
    case 'tag':
      return refEvent(from, change, origin);
  }
}

async function refEvent(from: Surroundings, change: RefChange, origin: Origin): Promise<NewEvent> {
  const { repository, people } = from;
  const { before, after } = change;
  const branch = /^refs\/heads\/(.+)$/s.exec(change.ref)?.[1] ?? null;
  // Branches have commits; what a tag has may be a tag itself.
  const commit = after === null || branch !== null ? after : await commitOf(repository, after);
  const history =
    commit === null
      ? { commits: [], changed: null, parent: null }
      : await from.readHistory(branch === null ? null : before, commit);
  const owner = origin.namespace ?? (await whoHas(from, change));
  return {
    ...blankEvent(origin.namespace === null ? 'canonical' : branch === null ? 'tag' : 'push'),
    ...common(from, change, origin),
    action: after === null ? 'deleted' : before === null ? 'created' : 'updated',
    branch,
    before,
    after: commit,
    commits: history.commits,
    changed: history.changed,
    actor: actorOf(people, owner),
    radicle: {
      ...facts(from, origin),
      files: await filesIn(from, commit),
      parent: history.parent,
    },
  };
}

async function patchEvent(
  from: Surroundings,
  change: RefChange & { readonly after: string },
  origin: Origin & { readonly namespace: string },
  id: string,
): Promise<NewEvent> {
  const { repository, identity, people } = from;
  const { namespace } = origin;
  const whole = await from.readPatch(id, change.after);
  const revision = whole && revisionOf(whole, namespace, change.after);
  const patch = whole && shorten(whole, revision);
  const author = patch === null ? namespace : nodeIdOf(patch.author);
  const base = revision?.base ?? null;
  const history = await from.readHistory(base, change.after);
  const radicle = facts(from, origin);
  return {
    ...blankEvent('patch'),
    ...common(from, change, origin),
    // Somebody else's first revision of a patch is an update of it.
    action: change.before === null && author === namespace ? 'created' : 'updated',
    branch: identity.defaultBranch,
    before: base ?? change.before,
    after: change.after,
    commits: history.commits,
    changed: history.changed,
    actor: actorOf(people, namespace),
    patch: {
      number: id,
      title: patch?.title ?? '',
      url: null,
      from: { repo: repository.rid, branch: `patches/${id}` },
      fromFork: false,
      draft: patch?.status === 'draft',
      author: actorOf(people, author),
      authorIsMember: radicle.standing === 'delegate',
    },
    radicle: {
      ...radicle,
      files: await filesIn(from, change.after),
      parent: history.parent,
      patch: patch && (await patchFacts(from, patch, base ?? change.after)),
    },
  };
}

/** The revision that a ref stands for: who owns the namespace has made it, or else it has that very commit. */
function revisionOf(patch: CobPatch, namespace: string, after: string): CobRevision | null {
  const latest = (is: (revision: CobRevision) => boolean) => patch.revisions.findLast(is);
  return (
    latest(({ author, oid }) => nodeIdOf(author) === namespace && oid === after) ??
    latest(({ author }) => nodeIdOf(author) === namespace) ??
    latest(({ oid }) => oid === after) ??
    latest(({ author }) => author === patch.author) ??
    null
  );
}

async function patchFacts(
  { repository, people }: Surroundings,
  patch: CobPatch,
  base: string,
): Promise<RadiclePatch> {
  const target = await repository.git(['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => '');
  return {
    author: people.actor(nodeIdOf(patch.author)),
    status: patch.status,
    conflicts: patch.conflicts,
    base,
    target: target.trim() || null,
    labels: patch.labels,
    assignees: patch.assignees,
    revisions: patch.revisions.map(revision => ({
      ...revision,
      author: people.actor(nodeIdOf(revision.author)),
    })),
  };
}

function common(
  { repository, identity }: Surroundings,
  change: RefChange,
  { namespace, mark }: Origin,
): Pick<NewEvent, 'deliveryId' | 'repo' | 'ref'> {
  const parts = [repository.rid, namespace, change.ref, change.before, change.after, mark];
  return {
    deliveryId: createHash('sha256').update(JSON.stringify(parts)).digest('hex'),
    repo: repoOf(repository.rid, identity),
    ref: namespace === null ? change.ref : `refs/namespaces/${namespace}/${change.ref}`,
  };
}

function repoOf(rid: string, { defaultBranch }: Identity): Repo {
  return { forge: 'radicle', name: rid, url: `rad://${rid.slice('rad:'.length)}`, defaultBranch };
}

function facts(
  { identity, people, fetchedFrom }: Surroundings,
  { namespace }: Origin,
): Omit<RadicleFacts, 'parent' | 'files'> {
  const { name, description, isPrivate, delegates } = identity;
  const isDelegate = namespace === null || delegates.some(delegate => nodeIdOf(delegate) === namespace);
  return {
    namespace,
    standing: isDelegate ? 'delegate' : people.isFollowed(namespace) ? 'followed' : 'stranger',
    fetchedFrom,
    project: { name, description, isPrivate, delegates },
    patch: null,
  };
}

/** Which of the files that are asked for a commit has. */
async function filesIn(
  { repository, files }: Surroundings,
  commit: string | null,
): Promise<readonly string[]> {
  if (commit === null || files.length === 0) return [];
  const found = await repository.kinds(files.map(path => `${commit}:${path}`));
  return files.filter((_, index) => found[index]?.type === 'blob');
}

/** The delegate who has a canonical ref where it is now. */
async function whoHas({ repository, identity }: Surroundings, { ref, after }: RefChange): Promise<string> {
  const theirs = identity.delegates.map(nodeIdOf);
  const refs = await repository.refs(...theirs.map(id => `refs/namespaces/${id}/${ref}`));
  const has = theirs.find(id => refs.get(`refs/namespaces/${id}/${ref}`) === after);
  return has ?? theirs[0] ?? '';
}

/** The commit that an annotated tag stands for. */
async function commitOf(repository: StoredRepository, id: string): Promise<string> {
  const found = await repository.git(['rev-parse', '--verify', '--quiet', `${id}^{commit}`]).catch(() => '');
  return found.trim() || id;
}

function actorOf(people: People, id: string): NewEvent['actor'] {
  const actor = people.actor(id);
  return { id: actor.id, name: actor.alias };
}
