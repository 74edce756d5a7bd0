import { createHash } from 'node:crypto';
import type { Actor, Event, Repo } from '../../domain/event.ts';
import type { RadicleActor, RadicleFacts, RadiclePatchState, RadicleRevision } from '../../domain/radicle.ts';
import { base58 } from '../../lib/base58.ts';

/** What an adapter is told, before it is put into the words of a protocol. */
export interface Trigger {
  readonly repository: {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly isPrivate: boolean;
    readonly defaultBranch: string;
    readonly delegates: readonly string[];
  };
  readonly change: PushChange | PatchChange;
}

interface Change {
  /** The commit to build. */
  readonly after: string;
  /** Newest first; the first one is `after`. */
  readonly commits: readonly [string, ...string[]];
}

export interface PushChange extends Change {
  readonly kind: 'push';
  readonly pusher: RadicleActor;
  /** Null when the branch is new. */
  readonly oldTip: string | null;
  /** Of the oldest commit; null when that is not known. */
  readonly parent: string | null;
  /** Empty when it is no branch. */
  readonly branch: string;
}

export interface PatchChange extends Change {
  readonly kind: 'patch';
  readonly action: 'created' | 'updated';
  readonly id: string;
  readonly author: RadicleActor;
  readonly title: string;
  readonly status: RadiclePatchState;
  readonly conflicts: readonly { readonly revision: string; readonly commit: string }[];
  readonly before: string;
  readonly target: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly revisions: readonly RadicleRevision[];
}

/** Adapters keep all of it in memory, and build the newest. */
const mostCommits = 1000;

/**
 * What an event means to an adapter; `sha` is the commit that was checked out. What other forges do not have, ids above
 * all, is made from what they have: the same each time.
 */
export function triggerOf(event: Event, repo: Repo, sha: string): Trigger {
  const { radicle } = event;
  const others = event.commits.map(commit => commit.sha).filter(id => id !== sha);
  const change = { after: sha, commits: [sha, ...others.toReversed().slice(0, mostCommits - 1)] } as const;
  return {
    repository: repositoryOf(repo, radicle),
    change:
      event.patch === null
        ? {
            kind: 'push',
            ...change,
            pusher: actorOf(event.actor),
            oldTip: event.before,
            parent: radicle?.parent ?? event.before,
            branch: event.branch ?? '',
          }
        : { kind: 'patch', ...change, ...patchOf(event, event.patch, repo, sha) },
  };
}

function repositoryOf(repo: Repo, radicle: RadicleFacts | null): Trigger['repository'] {
  const own = repo.name.split('/').pop() ?? repo.name;
  return {
    id: repositoryId(repo),
    name: radicle?.project.name ?? own,
    description: radicle?.project.description ?? '',
    isPrivate: radicle?.project.isPrivate ?? false,
    defaultBranch: repo.defaultBranch ?? 'main',
    delegates: radicle?.project.delegates ?? [],
  };
}

/** A repository's id in Radicle; one of another forge gets one of the same form. */
export function repositoryId({ forge, name, url }: Repo): string {
  return forge === 'radicle' ? name : `rad:${base58(hash(url).subarray(0, 20))}`;
}

function patchOf(
  { action, actor, before, receivedAt, radicle }: Event,
  patch: NonNullable<Event['patch']>,
  repo: Repo,
  sha: string,
): Omit<PatchChange, 'kind' | keyof Change> {
  const common = {
    action: action === 'created' ? 'created' : 'updated',
    title: patch.title,
    author: actorOf(patch.author),
  } as const;
  if (radicle !== null && radicle.patch !== null) {
    const { author, base, target, ...rest } = radicle.patch;
    return { ...common, ...rest, id: patch.number, author, before: base, target: target ?? base };
  }
  const base = before ?? sha;
  return {
    ...common,
    id: repo.forge === 'radicle' ? patch.number : hash(`${repo.url} ${patch.number}`).toString('hex', 0, 20),
    status: patch.draft ? 'draft' : 'open',
    conflicts: [],
    before: base,
    target: base,
    labels: [],
    assignees: [],
    revisions: [{ id: sha, author: actorOf(actor), description: '', base, oid: sha, at: receivedAt }],
  };
}

/** In the form that Radicle's own programs insist on: who is not known there gets a key that nobody has. */
function actorOf({ id, name }: Actor): RadicleActor {
  if (id?.startsWith('did:key:')) return { id, alias: name };
  const key = Buffer.concat([Buffer.from([0xed, 0x01]), hash(`${id ?? ''} ${name ?? ''}`)]);
  return { id: `did:key:${base58(key)}`, alias: name };
}

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
