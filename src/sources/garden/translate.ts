import { blankEvent, type Commit as EventCommit, type NewEvent, type Repo } from '../../domain/event.ts';
import type { RadicleFacts } from '../../domain/radicle.ts';
import { otherEvent } from '../forge/events.ts';
import type { Translated } from '../forge/receive.ts';
import { readPayload } from '../forge/wire.ts';
import {
  type Commit,
  otherPayload,
  type PatchPayload,
  type Person,
  type PushPayload,
  patchPayload,
  pushPayload,
  type Repository,
} from './wire.ts';

/** Says what a payload of that name means; never throws. */
export function translate(name: string, payload: unknown): Translated {
  switch (name) {
    case 'push':
      return readPayload(name, pushPayload, payload, push);
    case 'patch':
      return readPayload(name, patchPayload, payload, patch);
    default:
      return readPayload(name, otherPayload, payload, ({ repository }) =>
        otherEvent(name, {
          repo: repository && repoOf(repository),
          actor: { id: null, name: null },
          note: `"${name}" asks for nothing here`,
        }),
      );
  }
}

function push({ repository, pusher, author, before, after, branch, commits }: PushPayload): NewEvent {
  const person = pusher ?? author;
  return {
    ...blankEvent('push'),
    action: before === null ? 'created' : 'updated',
    repo: repoOf(repository),
    ref: `refs/heads/${branch}`,
    branch,
    before,
    after,
    commits: commits.map(commitOf),
    actor: actorOf(person),
    radicle: factsOf(repository, person),
  };
}

function patch({ repository, action, patch }: PatchPayload): NewEvent {
  const { id, author, title, url, before, after, commits } = patch;
  const isNew = action.toLowerCase() === 'created';
  const proposer = proposerOf(patch, isNew);
  const radicle = factsOf(repository, proposer);
  return {
    ...blankEvent('patch'),
    action: isNew ? 'created' : 'updated',
    repo: repoOf(repository),
    ref: `refs/heads/patches/${id}`,
    branch: repository.default_branch,
    before,
    after,
    commits: commits.map(commitOf),
    actor: actorOf(proposer),
    patch: {
      number: id,
      title,
      url,
      from: { repo: repository.id, branch: `patches/${id}` },
      fromFork: false,
      draft: false,
      author: actorOf(author),
      authorIsMember: radicle.standing === 'delegate',
    },
    radicle,
  };
}

/** Who has proposed the commit. Whose patch it is says nothing of a later revision; null: nobody says. */
function proposerOf({ author, after, revisions }: PatchPayload['patch'], isNew: boolean): Person | null {
  const proposed = revisions.find(({ oid }) => oid === after);
  return proposed?.author ?? (isNew && revisions.length === 0 ? author : null);
}

/** Cloned from where the sender says, which is no other repository of a node of our own. */
function repoOf({ id, clone_url, default_branch }: Repository): Repo {
  const url = clone_url?.startsWith('rad:') === false ? clone_url : id.replace(/^rad:/, 'rad://');
  return { forge: 'radicle', name: id, url, defaultBranch: default_branch };
}

/** Whom the sender does not name is a stranger. */
function factsOf(
  { name, description, delegates, private: isPrivate }: Repository,
  person: Person | null,
): RadicleFacts {
  const isDelegate = person !== null && delegates.includes(person.id);
  return {
    namespace: person?.id.replace(/^did:key:/, '') ?? null,
    standing: isDelegate ? 'delegate' : 'stranger',
    fetchedFrom: null,
    project: { name, description, isPrivate, delegates },
    files: [],
    parent: null,
    patch: null,
  };
}

const actorOf = (person: Person | null) => ({ id: person?.id ?? null, name: person?.alias ?? null });
const commitOf = ({ id, ...rest }: Commit): EventCommit => ({ sha: id, ...rest });
